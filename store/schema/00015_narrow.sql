-- +goose Up

-- Indexes of what a query asks for, and of nothing else. A record that no plan has
-- filed is found by its revision; it had places in these two all the same, which it
-- left when it was first filed. Queries say "filed_plan > ''" and "filed_seq > 0"
-- too: SQLite takes a partial index for nothing less.
DROP INDEX records_queue;
CREATE INDEX records_queue ON records (filed_plan, changed / 60000, published, source, item_key) WHERE filed_plan > '';
DROP INDEX records_seq;
CREATE INDEX records_seq ON records (filed_seq) WHERE filed_seq > 0;

-- The entries of a story, with all that the desk asks of most: of a large story it
-- would read thousands of rows. The last two columns say what the condition does:
-- SQLite reads the row for what an index does not hold. Those staged are few.
DROP INDEX entries_story;
CREATE INDEX entries_story ON entries (story, edition, part, id, withdrawn, staged) WHERE staged IS NULL AND withdrawn = 0;
CREATE INDEX entries_staged_story ON entries (story) WHERE staged IS NOT NULL;
