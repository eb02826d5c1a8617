-- +goose Up

-- digests: one row a digest of an edition; older ones than are published go.
-- Title and number of stories are as they were: they are frozen.
CREATE TABLE digests (
	edition TEXT   NOT NULL,
	at      BIGINT NOT NULL, -- ms; the job's time
	id      TEXT   NOT NULL, -- tag URI
	title   TEXT   NOT NULL,
	stories BIGINT NOT NULL, -- entries it had
	PRIMARY KEY (edition, at)
);

-- digest: the digest that tells of an entry, by its time: an entry is in one, and
-- what becomes of it later shows there. 0 = none yet; 1 = none ever: it was old
-- when the edition had its first, or there was no room.
ALTER TABLE entries ADD COLUMN digest BIGINT NOT NULL DEFAULT 0;
CREATE INDEX entries_undigested ON entries (edition, published) WHERE digest = 0;
CREATE INDEX entries_digest ON entries (edition, digest) WHERE digest > 1;
