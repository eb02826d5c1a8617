-- +goose Up

-- meta: a few single values. id is this database's own, and stands in the
-- marker file beside it too.
CREATE TABLE meta (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
);

-- states: what polling taught us, one row a source. doc holds what no query
-- asks for (validators, ledgers, errors), as JSON.
CREATE TABLE states (
	source    TEXT   PRIMARY KEY,
	next_poll BIGINT NOT NULL DEFAULT 0, -- ms; 0 = never polled
	last_read BIGINT NOT NULL DEFAULT 0, -- ms; when a whole document was last read
	gone      BIGINT NOT NULL DEFAULT 0, -- 1 = answered 410
	retired   BIGINT NOT NULL DEFAULT 0, -- ms; when the config dropped it, 0 = in use
	doc       TEXT   NOT NULL DEFAULT '{}'
);
CREATE INDEX states_due ON states (next_poll) WHERE retired = 0 AND gone = 0;

-- records: every stored item, and the desk's queue: a record waits while
-- filed_rev < rev or filed_plan is not the active one.
CREATE TABLE records (
	id         INTEGER PRIMARY KEY,
	source     TEXT    NOT NULL,
	item_key   TEXT    NOT NULL,
	sum        BLOB    NOT NULL,
	rev        BIGINT  NOT NULL,
	published  BIGINT  NOT NULL, -- ms
	first_seen BIGINT  NOT NULL, -- ms
	changed    BIGINT  NOT NULL, -- ms
	link_hash  BLOB    NOT NULL, -- of the link: addresses are not indexed, some are 10 KB
	guid_hash  BLOB    NOT NULL,
	item       TEXT    NOT NULL, -- JSON
	filed_rev  BIGINT  NOT NULL DEFAULT 0,
	filed_plan TEXT    NOT NULL DEFAULT '',
	filed_seq  BIGINT  NOT NULL DEFAULT 0,
	matches    TEXT    NOT NULL DEFAULT '[]', -- JSON
	story      BIGINT  NOT NULL DEFAULT 0,    -- first record of the story; 0 = in no topic
	copy_of    BIGINT  NOT NULL DEFAULT 0,
	rule       TEXT    NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX records_key ON records (source, item_key);
CREATE INDEX records_queue ON records (filed_plan, id);
CREATE INDEX records_rev ON records (id) WHERE filed_rev < rev;
CREATE INDEX records_seq ON records (filed_seq);
CREATE INDEX records_link ON records (link_hash);
CREATE INDEX records_guid ON records (guid_hash);
CREATE INDEX records_seen ON records (first_seen);

-- seen: every key a source's documents have carried. It outlives its record
-- (record = 0), so that what is pruned never comes back as new.
CREATE TABLE seen (
	source   TEXT   NOT NULL,
	item_key TEXT   NOT NULL,
	record   BIGINT NOT NULL, -- 0 = pruned
	last_in  BIGINT NOT NULL, -- ms; last document read that carried it
	left_at  BIGINT NOT NULL DEFAULT 0, -- ms; first document read without it, 0 = still in
	PRIMARY KEY (source, item_key)
);
CREATE INDEX seen_record ON seen (record);

-- entries: what editions publish. doc is the whole entry as JSON.
CREATE TABLE entries (
	id        TEXT   PRIMARY KEY, -- tag URI
	edition   TEXT   NOT NULL,
	story     BIGINT NOT NULL,
	part      BIGINT NOT NULL,
	published BIGINT NOT NULL, -- ms
	withdrawn BIGINT NOT NULL DEFAULT 0, -- ms; 0 = published
	doc       TEXT   NOT NULL
);
CREATE INDEX entries_story ON entries (story);
CREATE INDEX entries_edition ON entries (edition, published) WHERE withdrawn = 0;

-- members: which records an entry shows, for why and for retention.
CREATE TABLE members (
	entry  TEXT   NOT NULL,
	record BIGINT NOT NULL,
	PRIMARY KEY (entry, record)
);
CREATE INDEX members_record ON members (record);

-- issues: where each edition stands. version and changed_at never go back.
CREATE TABLE issues (
	edition    TEXT   PRIMARY KEY,
	version    BIGINT NOT NULL,
	changed_at BIGINT NOT NULL, -- ms, whole seconds: Last-Modified has no more
	look       TEXT   NOT NULL
);

-- rounds: the desk's ledger, one row a round that filed something.
CREATE TABLE rounds (
	at        BIGINT NOT NULL, -- ms
	filed     BIGINT NOT NULL,
	unmatched BIGINT NOT NULL,
	lead      BIGINT NOT NULL,
	also      BIGINT NOT NULL,
	copies    BIGINT NOT NULL
);
CREATE INDEX rounds_at ON rounds (at);
