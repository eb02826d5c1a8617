-- +goose Up

-- revisions: what publishers changed in their items, one row a change that is
-- more than cosmetic. doc is an aggregator.Revision as JSON.
CREATE TABLE revisions (
	record BIGINT NOT NULL,
	rev    BIGINT NOT NULL, -- the record's after the change
	kind   TEXT   NOT NULL, -- aggregator.Corrected, …
	doc    TEXT   NOT NULL,
	PRIMARY KEY (record, rev)
);

-- note: the publisher's correction as far as it may be shown; note_rev is the
-- revision that brought it. withdrawn: when the publisher took the item back.
ALTER TABLE records ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE records ADD COLUMN note_rev BIGINT NOT NULL DEFAULT 0;
ALTER TABLE records ADD COLUMN withdrawn BIGINT NOT NULL DEFAULT 0; -- ms; 0 = it stands

-- Which records tell a story: for merge and split.
CREATE INDEX records_story ON records (story) WHERE story <> 0;
