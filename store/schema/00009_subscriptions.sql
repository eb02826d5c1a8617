-- +goose Up

-- subscriptions: what was agreed with hubs (WebSub), one row a source. Not part
-- of states: a poll replaces those whole, and a hub may call while one goes on.
CREATE TABLE subscriptions (
	source TEXT PRIMARY KEY,
	doc    TEXT NOT NULL -- JSON
);
