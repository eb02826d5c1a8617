-- +goose Up

-- item of records: what is stored from here on is compressed, a BLOB that begins
-- with the byte 2 (see pack); what is older stays JSON. An older program, which
-- would not understand it, refuses the schema. It changes nothing else:

-- Eight segments of a level of search are merged at once, not four: each word is
-- written again less often. A query looks into a few more of them.
INSERT INTO search (search, rank) VALUES ('automerge', 8);
