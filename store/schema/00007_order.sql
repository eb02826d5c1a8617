-- +goose Up

-- The queue has one order, which depends on the items alone and not on which
-- feed was polled first: the minute in which a revision came, then what names the
-- item. Each condition of the queue is read in that order through an index of its
-- own, so that a batch costs what it holds, however much waits.
DROP INDEX records_rev;
CREATE INDEX records_rev ON records (changed / 60000, published, source, item_key) WHERE filed_rev < rev;
DROP INDEX records_queue;
CREATE INDEX records_queue ON records (filed_plan, changed / 60000, published, source, item_key);

-- aside: why no entry shows a record that its topics want, or not yet, in words.
ALTER TABLE records ADD COLUMN aside TEXT NOT NULL DEFAULT '';
-- Records that wait for the entry of their story, by story.
CREATE INDEX records_held ON records (story) WHERE refile_at > 0;
