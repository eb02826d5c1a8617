package store_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/store"
)

// old makes the database of an older program in a new directory: its schema as it
// was at a version, with these statements run on it.
func old(t *testing.T, version int64, statements ...string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	db, err := store.At(t.Context(), dir, version)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := tx.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("schema %d: %v in %s", version, err, s)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// wire are a source's items of a database of any version, filed each in an entry
// of its own: the newest last, and one entry that was withdrawn.
func wire(n int) (statements []string) {
	at := func(i int) int64 { return noon.Add(time.Duration(i) * time.Hour).UnixMilli() }
	statements = append(statements,
		`INSERT INTO meta (name, value) VALUES ('id', 'cafe')`,
		fmt.Sprintf(`INSERT INTO states (source, next_poll, last_read, doc) VALUES ('a', %d, %d, '{"Source":"a","ETag":"x"}')`, at(1), at(0)),
		fmt.Sprintf(`INSERT INTO issues (edition, version, changed_at, look) VALUES ('ed', 7, %d, 'look')`, at(n)))
	for i := 1; i <= n; i++ {
		statements = append(statements,
			fmt.Sprintf(`INSERT INTO records (id, source, item_key, sum, rev, published, first_seen, changed, link_hash, guid_hash, item, filed_rev, filed_plan, filed_seq, story)
				VALUES (%[1]d, 'a', 'g:%[1]d', x'01', 1, %[2]d, %[2]d, %[2]d, x'02', x'03', '{"ID":"%[1]d","Title":"Item %[1]d"}', 1, 'p', %[1]d, %[1]d)`, i, at(i)),
			fmt.Sprintf(`INSERT INTO seen (source, item_key, record) VALUES ('a', 'g:%d', %d)`, i, i),
			fmt.Sprintf(`INSERT INTO entries (id, edition, story, part, published, withdrawn, doc)
				VALUES ('tag:%04[1]d', 'ed', %[1]d, 1, %[2]d, %[3]d, '{"Edition":"ed","ID":"tag:%04[1]d","Story":%[1]d,"Part":1,"Lead":{"record":%[1]d,"title":"Item %[1]d"}}')`,
				n+1-i, at(n+1-i), withdrawnAt(n+1-i, at(n))), // stored in another order than published
			fmt.Sprintf(`INSERT INTO members (entry, record) VALUES ('tag:%04[1]d', %[1]d)`, i))
	}
	return statements
}

// withdrawnAt is for the third entry only.
func withdrawnAt(i int, at int64) int64 {
	if i == 3 {
		return at
	}
	return 0
}

// archived numbers what wire wrote, as programs do since the tenth schema.
func archived(n int) (statements []string) {
	at := func(i int) int64 { return noon.Add(time.Duration(i) * time.Hour).UnixMilli() }
	return []string{
		`UPDATE entries SET seq = CAST(SUBSTR(id, 5) AS INTEGER)`,
		fmt.Sprintf(`INSERT INTO series (edition, last) VALUES ('ed', %d)`, n),
		fmt.Sprintf(`INSERT INTO archives (edition, number, entries, first, last, changed_at)
			VALUES ('ed', 1, 49, %[1]d, %[2]d, %[5]d), ('ed', 2, 50, %[3]d, %[4]d, %[5]d)`, at(1), at(50), at(51), at(100), at(n)),
	}
}

// lastIn is what the first schema asks for in every row of seen.
func lastIn(statements []string) []string {
	all := slices.Clone(statements)
	for i, s := range all {
		s = strings.Replace(s, "INTO seen (source, item_key, record)", "INTO seen (source, item_key, record, last_in)", 1)
		if s != all[i] {
			all[i] = strings.TrimSuffix(s, ")") + ", 1)"
		}
	}
	return all
}

// A program finds in the database of any older one what that had left there, with
// its entries numbered, and goes on.
func TestADatabaseOfAnyOlderVersionIsBroughtUp(t *testing.T) {
	for version := int64(1); version < store.Newest(); version++ {
		rows := wire(130)
		if version == 1 {
			rows = lastIn(rows)
		}
		if version >= 10 {
			rows = append(rows, archived(130)...)
		}
		if version >= 6 { // one that is staged, and one that no reader has seen
			rows = append(rows, `UPDATE entries SET staged = doc WHERE id = 'tag:0005'`,
				`INSERT INTO entries (id, edition, story, part, published, withdrawn, doc, staged)
					VALUES ('tag:0999', 'ed', 999, 1, 1, 1, '', '{"Edition":"ed","ID":"tag:0999","Lead":{"record":130}}')`,
				`INSERT INTO members (entry, record) VALUES ('tag:0999', 130)`)
		}
		t.Run(fmt.Sprint("from ", version), func(t *testing.T) { broughtUp(t, old(t, version, rows...), version >= 6) })
	}
}

func broughtUp(t *testing.T, dir string, staged bool) {
	db := open(t, dir)
	if states, err := db.States(t.Context()); err != nil || len(states) != 1 || states[0].ETag != "x" {
		t.Errorf("states %+v, %v", states, err)
	}
	if seen, err := db.Seen(t.Context(), "a", []string{"g:1", "g:130"}); err != nil || len(seen) != 2 || seen[1].Record == 0 {
		t.Errorf("seen %+v, %v", seen, err)
	}
	if rs := queue(t, db, "another plan"); len(rs) != 130 || rs[129].Item.Title != "Item 130" || rs[129].Story != 130 {
		t.Errorf("%d records", len(rs))
	}
	want := map[string]int64{}
	for i := int64(1); i <= 130; i++ {
		if i != 3 { // which was published, and may come back
			want[fmt.Sprintf("tag:%04d", i)] = i
		}
	}
	if d := cmp.Diff(want, numbers(t, db)); d != "" {
		t.Errorf("entries: %s", d)
	}
	all, err := db.Archives(t.Context(), "ed")
	if err != nil || len(all) != 2 || all[0].Entries != 49 || all[1].Entries != 50 ||
		!all[0].ChangedAt.Equal(noon.Add(130*time.Hour)) || !all[1].First.Equal(noon.Add(51*time.Hour)) {
		t.Errorf("archives %+v, %v", all, err)
	}
	news := numberedEntry(131, "x")
	news.Lead.Record = 130
	fileAt(t, db, 140, aggregator.Filing{Show: true, Entries: []aggregator.Entry{news, numberedEntry(3, "back")}})
	want["tag:0131"], want["tag:0003"] = 131, 3
	if staged {
		want["tag:0999"] = 132
	}
	if d := cmp.Diff(want, numbers(t, db)); d != "" {
		t.Errorf("after the next round: %s", d)
	}
	found, err := db.Examine(t.Context())
	if err != nil || len(found) > 0 {
		t.Errorf("doctor: %+v, %v", found, err)
	}
	is, _, err := db.Edition(t.Context(), "ed", 1, 500, 0)
	if err != nil || is.Version != 8 || !is.ChangedAt.Equal(noon.Add(140*time.Hour)) {
		t.Errorf("issue %+v, %v", is, err)
	}
	again := record("a", "g:130", "Item 130, edited", noon.Add(141*time.Hour)) // on an item as an older program stored it
	again.ID = 130
	save(t, db, batch("a", noon.Add(141*time.Hour), again))
	read, err := db.Record(t.Context(), "130")
	if err != nil || len(read) != 1 || read[0].Item.Title != "Item 130, edited" || read[0].Rev != 2 {
		t.Errorf("revised: %+v, %v", read, err)
	}
}

// A schema that is as it was made new and one that was brought up are the same.
func TestABroughtUpSchemaIsThatOfANewDatabase(t *testing.T) {
	want := shape(t, t.TempDir())
	for version := int64(1); version < store.Newest(); version++ {
		if d := cmp.Diff(want, shape(t, old(t, version))); d != "" {
			t.Errorf("from %d: %s", version, d)
		}
	}
}

// shape opens a directory and lists what its database is made of.
func shape(t *testing.T, dir string) (all []string) {
	t.Helper()
	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := store.At(t.Context(), dir, store.Newest())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), `
		SELECT m.type || ' ' || m.name || ' ' || COALESCE(c.name || ' ' || c.type || ' ' || c."notnull", '')
		FROM sqlite_schema m
		LEFT JOIN pragma_table_info(m.name) c
		ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var line sql.NullString
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		all = append(all, line.String)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
