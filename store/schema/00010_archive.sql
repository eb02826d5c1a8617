-- +goose Up

-- seq: an entry's number in its edition, in the order of publication. It is given
-- by the transaction that first shows the entry to readers and never changes;
-- 0 = no reader has seen it.
ALTER TABLE entries ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;

-- What was ever shown is numbered in the order of its dates.
UPDATE entries
SET seq = numbered.seq
FROM (
	SELECT id, ROW_NUMBER() OVER (PARTITION BY edition ORDER BY published, id) AS seq
	FROM entries
	WHERE doc <> '') AS numbered
WHERE numbered.id = entries.id;

CREATE UNIQUE INDEX entries_seq ON entries (edition, seq) WHERE seq > 0;

-- series: the last number each edition has given: none is given twice, even when
-- its entry is gone.
CREATE TABLE series (
	edition TEXT   PRIMARY KEY,
	last    BIGINT NOT NULL
);
INSERT INTO series (edition, last)
SELECT edition, MAX(seq)
FROM entries
WHERE seq > 0
GROUP BY edition;

-- archives: what is published of each fifty numbers (aggregator.ArchiveSize) that
-- have all been given. A row whose entries are all gone stays, with entries = 0:
-- changed_at never goes back.
CREATE TABLE archives (
	edition    TEXT   NOT NULL,
	number     BIGINT NOT NULL, -- 1 = the oldest
	entries    BIGINT NOT NULL, -- how many are published
	first      BIGINT NOT NULL, -- ms; their earliest date
	last       BIGINT NOT NULL, -- ms; and their latest
	changed_at BIGINT NOT NULL, -- ms, whole seconds, as in issues
	PRIMARY KEY (edition, number)
);
INSERT INTO archives (edition, number, entries, first, last, changed_at)
SELECT e.edition, (e.seq + 49) / 50, COUNT(*), MIN(e.published), MAX(e.published),
	COALESCE((SELECT changed_at FROM issues WHERE issues.edition = e.edition), 0)
FROM entries e
JOIN series s ON s.edition = e.edition
WHERE e.seq > 0 AND e.withdrawn = 0 AND (e.seq + 49) / 50 <= s.last / 50
GROUP BY e.edition, (e.seq + 49) / 50;
