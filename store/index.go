package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/topic"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// searchVersion says how words were split and folded when a row of search was
// written. Raise it with every change of that, here or in package words: what is
// stored is then indexed anew.
const searchVersion = "2"

const (
	indexBatch = 100    // records a transaction: savers wait no longer
	maxIndexed = 10_000 // words of a field: what comes later is not found
	maxToken   = 120    // bytes of a word that count
)

// A row is what search holds of a record.
type row struct {
	id                              int64
	title, text, author, tag, facts string
}

// rows makes the rows of a batch, but for the ids that only the store knows. It
// runs before the transaction, which should be short.
func (s *DB) rows(rs []aggregator.Record) []row {
	all := make([]row, len(rs))
	for i := range rs {
		if s.unindexed {
			break
		}
		all[i] = rowOf(rs[i].Source, &rs[i].Item)
	}
	return all
}

func rowOf(source string, it *feeds.Item) row {
	var authors, tags []string
	for _, p := range it.Authors {
		authors = append(authors, p.Name)
	}
	for _, c := range it.Categories {
		tags = append(tags, c.Term)
		if c.Label != c.Term {
			tags = append(tags, c.Label)
		}
	}
	facts := []string{"item", fact("source", source)}
	if lang := topic.Language(it); lang != "" {
		facts = append(facts, fact("lang", lang))
	}
	if u, err := url.Parse(it.Link); err == nil {
		for host := u.Hostname(); host != ""; _, host, _ = strings.Cut(host, ".") {
			facts = append(facts, fact("site", host))
		}
	}
	title, summary, body := topic.Texts(it)
	text := tokens(body)
	if summary != "" {
		text = tokens(body, summary)
	}
	return row{
		title: tokens(title), text: text, author: tokens(authors...), tag: tokens(tags...),
		facts: strings.Join(facts, " "),
	}
}

// tokens are the words of some texts, folded and joined by blanks. No phrase
// reaches from one text into the next.
func tokens(texts ...string) string {
	var b strings.Builder
	for i, text := range texts {
		if i > 0 {
			b.WriteString(" _ ")
		}
		folds, line := words.Folds(text)
		b.Grow(len(line) + 1)
		for _, fold := range folds[:min(len(folds), maxIndexed)] {
			b.WriteString(token(fold))
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// token is a folded word as the index holds it: letters and figures in any
// script, and of ASCII's other signs only those that the tokenizer keeps.
func token(fold string) string {
	if len(fold) > maxToken {
		end := maxToken
		for !utf8.RuneStart(fold[end]) {
			end--
		}
		fold = fold[:end]
	}
	for i := range len(fold) {
		if odd[fold[i]] {
			return strings.Map(func(r rune) rune {
				if r < utf8.RuneSelf && odd[r] {
					return '_'
				}
				return r
			}, fold)
		}
	}
	return fold
}

// odd are the signs of ASCII that the tokenizer does not keep.
var odd = func() (t [256]bool) {
	for c := range utf8.RuneSelf {
		t[c] = !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789_-.", rune(c))
	}
	return t
}()

// fact is a value that is no text, as a token of its own.
func fact(name, value string) string {
	return token(name + "." + strings.ToLower(value))
}

// index writes rows, new or again.
func index(ctx context.Context, tx *sql.Tx, all []row) error {
	for i := range all {
		r := &all[i]
		_, err := tx.ExecContext(ctx, `
			INSERT OR REPLACE INTO search (rowid, title, text, author, tag, facts)
			VALUES ($1, $2, $3, $4, $5, $6)`, r.id, r.title, r.text, r.author, r.tag, r.facts)
		if err != nil {
			return fmt.Errorf("index item %d: %w", r.id, err)
		}
	}
	return nil
}

// stale makes records stored before there was an index, or indexed by another
// version, wait for Index.
func (s *DB) stale(ctx context.Context) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		have, _, err := indexState(ctx, tx)
		if err != nil || have == searchVersion {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO meta (name, value)
			SELECT 'search_version', $1
			UNION ALL
			SELECT 'search_from', CAST(COALESCE(MAX(id) + 1, 0) AS TEXT) FROM records
			WHERE TRUE
			ON CONFLICT (name) DO UPDATE
			SET value = excluded.value`, searchVersion)
		return err
	})
}

// indexState is the version of the index and the id from which on all records
// are in it.
func indexState(ctx context.Context, q querier) (version string, from int64, err error) {
	found, err := q.QueryContext(ctx, `
		SELECT
			COALESCE(MAX(CASE WHEN name = 'search_version' THEN value END), ''),
			CAST(COALESCE(MAX(CASE WHEN name = 'search_from' THEN value END), '0') AS BIGINT)
		FROM meta`)
	if err != nil {
		return "", 0, err
	}
	defer found.Close()
	for found.Next() {
		if err := found.Scan(&version, &from); err != nil {
			return "", 0, err
		}
	}
	return version, from, found.Err()
}

// Index brings what waits into the index, the newest first, and ends when nothing
// waits. Savers take turns with it, and what is done stays done when ctx ends.
// report, which may be nil, hears after each batch how many records are done and
// how many there were.
func (s *DB) Index(ctx context.Context, report func(done, of int)) error {
	_, from, err := indexState(ctx, s.read)
	if err != nil || from == 0 {
		return err
	}
	of, done := 0, 0
	if err := s.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM records WHERE id < $1`, from).Scan(&of); err != nil {
		return err
	}
	for {
		n := 0
		err := s.inTx(ctx, func(tx *sql.Tx) (err error) {
			n, err = s.indexOlder(ctx, tx)
			return err
		})
		if err != nil {
			return fmt.Errorf("index: %w", err)
		}
		if n == 0 {
			return nil
		}
		if done += n; report != nil {
			report(done, of)
		}
	}
}

// indexOlder indexes a batch of what is older than search_from, and moves that on.
func (s *DB) indexOlder(ctx context.Context, tx *sql.Tx) (int, error) {
	_, from, err := indexState(ctx, tx)
	if err != nil || from == 0 {
		return 0, err
	}
	older, err := recordsOf(ctx, tx, `
		SELECT`+columns+`
		FROM records
		WHERE id < $1
		ORDER BY id DESC
		LIMIT $2`, from, indexBatch)
	if err != nil {
		return 0, err
	}
	all := s.rows(older)
	for i := range older {
		all[i].id = older[i].ID
	}
	if err := index(ctx, tx, all); err != nil {
		return 0, err
	}
	from = 0
	if len(older) == indexBatch {
		from = older[len(older)-1].ID
	}
	_, err = tx.ExecContext(ctx, `UPDATE meta SET value = $1 WHERE name = 'search_from'`, fmt.Sprint(from))
	return len(older), err
}
