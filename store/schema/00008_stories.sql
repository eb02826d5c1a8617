-- +goose Up

-- signatures: what items in the window are compared by (story.Signature), so that
-- a start need not make them anew. They go when their item leaves the window.
CREATE TABLE signatures (
	record BIGINT PRIMARY KEY,
	doc    BLOB   NOT NULL
);

-- frequencies: how common each word is on this desk (story.Frequencies), the last
-- frozen of each language.
CREATE TABLE frequencies (
	lang TEXT PRIMARY KEY,
	doc  BLOB NOT NULL
);

-- near: the story that a record just does not tell, in words. links: stories in
-- other languages that tell the same, as JSON.
ALTER TABLE records ADD COLUMN near TEXT NOT NULL DEFAULT '';
ALTER TABLE records ADD COLUMN links TEXT NOT NULL DEFAULT '[]';
