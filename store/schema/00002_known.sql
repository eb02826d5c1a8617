-- +goose Up

-- raw: hash of the bytes in which a key was last read; NULL when an item cannot be
-- known by them. A document's items whose bytes are known are not read again.
ALTER TABLE seen ADD COLUMN raw BLOB;
-- Which keys a document carries is worked out before saving, so that only what
-- changes is written.
ALTER TABLE seen DROP COLUMN last_in;

-- habits: what a source's items repeat (clean.Habits), one row a source.
CREATE TABLE habits (
	source TEXT PRIMARY KEY,
	doc    BLOB NOT NULL
);
