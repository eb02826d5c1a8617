-- +goose Up

-- names: ids of sources, topics and editions that are, or were, others. An id
-- that is no more leads to the one in its place; the ids of entries go on being
-- minted from root ('' = from id).
CREATE TABLE names (
	kind TEXT NOT NULL,
	id   TEXT NOT NULL,
	now  TEXT NOT NULL, -- id itself while it is in use
	root TEXT NOT NULL,
	PRIMARY KEY (kind, id)
);

-- An order stays as it was given, but for the ids in it: when one is renamed, so
-- it is here, within a transaction that says so in meta.
DROP TRIGGER orders_fixed;
-- +goose StatementBegin
CREATE TRIGGER orders_fixed BEFORE UPDATE ON orders
WHEN NOT EXISTS (SELECT 1 FROM meta WHERE name = 'renaming')
	OR old.id <> new.id OR old.at <> new.at OR old.by_whom <> new.by_whom OR old.kind <> new.kind OR old.item_key <> new.item_key
BEGIN SELECT RAISE(ABORT, 'orders do not change: give another'); END;
-- +goose StatementEnd

-- pings: what hubs were last told of editions (WebSub, publisher), one row an
-- edition that names a hub.
CREATE TABLE pings (
	edition TEXT PRIMARY KEY,
	doc     TEXT NOT NULL -- JSON
);

-- token: what stands for the id in the addresses of a private edition; drawn once,
-- for every edition, so that one may turn private. private: it was, when it was
-- last printed.
ALTER TABLE issues ADD COLUMN token TEXT NOT NULL DEFAULT '';
ALTER TABLE issues ADD COLUMN private BIGINT NOT NULL DEFAULT 0;
UPDATE issues SET token = lower(hex(randomblob(20)));

-- notices: sources that began to fail, and that answer well again, for /status.rss.
CREATE TABLE notices (
	source TEXT   NOT NULL,
	at     BIGINT NOT NULL, -- ms
	doc    TEXT   NOT NULL, -- JSON
	PRIMARY KEY (source, at)
);
CREATE INDEX notices_at ON notices (at);
