-- +goose Up

-- Blocks are orders of their own reach: each reader of entries asks for all of
-- them, and whether there are new ones.
CREATE INDEX orders_blocks ON orders (id) WHERE kind = 'block';

-- shown_at: when readers first got an entry; 0 = before this was kept. One that is
-- blocked from the start is no entry, one that was published says that it is
-- withdrawn.
ALTER TABLE entries ADD COLUMN shown_at BIGINT NOT NULL DEFAULT 0; -- ms
