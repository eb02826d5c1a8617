-- +goose Up

-- search: the words of every record, by its id. It sees what package words has
-- split and folded, joined by blanks, and so does PostgreSQL's tsvector: what a
-- word is, is decided by us alone and both engines answer alike. Hence
--   tokenize  ascii cuts at ASCII blanks and punctuation only, and folds nothing
--             that is not folded yet; unicode61 would cut "u.s", take marks off
--             Hindi, and cost more. No word holds another sign than the three kept.
--   content   '': the text stands in records already; snippets are made from it.
--   facts     what is no text and yet asked for: "item" (in every row, for queries
--             that only leave out), "source.ID", "lang.XX", "site.HOST".
-- Rows are written in the transaction of their record. meta says how far that
-- goes: records from search_from on are indexed by search_version of our folding.
CREATE VIRTUAL TABLE search USING fts5 (
	title,
	text,
	author,
	tag,
	facts,
	content = '',
	contentless_delete = 1,
	tokenize = "ascii tokenchars '_-.'"
);

-- search_words: which words there are, so that a query asks for no forms that
-- stand nowhere. It holds nothing itself.
CREATE VIRTUAL TABLE search_words USING fts5vocab (search, instance);

-- A record never leaves without its words, whoever deletes it.
-- +goose StatementBegin
CREATE TRIGGER records_search AFTER DELETE ON records
BEGIN
	DELETE FROM search WHERE rowid = old.id;
END;
-- +goose StatementEnd
