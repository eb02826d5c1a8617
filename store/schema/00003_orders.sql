-- +goose Up

-- orders: decisions by hand, for ever. Rows are only ever added: an undo is
-- another order. They name their item by source and key, not by record, so that
-- they outlive its pruning and hold in any database that has the item again.
CREATE TABLE orders (
	id       INTEGER PRIMARY KEY, -- the order in which they were given
	at       BIGINT  NOT NULL,    -- ms
	by_whom  TEXT    NOT NULL,
	kind     TEXT    NOT NULL,    -- aggregator.Put, Drop, …
	source   TEXT    NOT NULL,
	item_key TEXT    NOT NULL,
	doc      TEXT    NOT NULL     -- the whole order, as JSON
);
CREATE INDEX orders_item ON orders (source, item_key);

-- The database itself refuses to take an order back.
-- +goose StatementBegin
CREATE TRIGGER orders_kept BEFORE DELETE ON orders
BEGIN SELECT RAISE(ABORT, 'orders are kept for ever'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER orders_fixed BEFORE UPDATE ON orders
BEGIN SELECT RAISE(ABORT, 'orders do not change: give another'); END;
-- +goose StatementEnd

-- ordered: the last order about a record. It waits for the desk while
-- filed_order is less, and again once refile_at has come (a pin ends).
ALTER TABLE records ADD COLUMN ordered BIGINT NOT NULL DEFAULT 0;
ALTER TABLE records ADD COLUMN filed_order BIGINT NOT NULL DEFAULT 0;
ALTER TABLE records ADD COLUMN refile_at BIGINT NOT NULL DEFAULT 0; -- ms; 0 = never
CREATE INDEX records_ordered ON records (id) WHERE filed_order < ordered;
CREATE INDEX records_refile ON records (refile_at) WHERE refile_at > 0;
