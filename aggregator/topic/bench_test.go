package topic

import (
	"database/sql"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// BenchmarkEngines sets Match, with scores and reasons, beside what else finds
// many topics' terms in an item, in one run, on one core, over the same terms and
// items: a plain token hash with phrase check, a query of SQLite's full-text
// index for each topic, over a batch, and a regexp for each topic. None of these
// scores. Run it with -benchtime 5x. A row is a number of topics; all engines take
// turns in it. Items per second of CPU time, what the set holds in memory without the config
// it is made of (MB) and with it, and ratios.
//
// On two shared cores beside other work, Go 1.26, -benchtime 3x, 10,000 topics: 1,611
// items/s, the token hash 1,569, FTS5 127 (batches of 1,000), regexps 0.29; 21 MB, 33 with
// the config; compiled in 1.1 s; 149 topics found an item. In another run ours/hash was .76.
func BenchmarkEngines(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	perItem := map[int]time.Duration{}
	for _, n := range []int{10, 100, 1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			perItem[n] = compareEngines(b, n)
			if ten := perItem[n/10]; ten > 0 && n == 100_000 {
				b.ReportMetric(float64(perItem[n])/float64(ten), "×10000")
			}
		})
	}
}

const batch = 1000 // items

func compareEngines(b *testing.B, n int) time.Duration {
	l := newLanguage(4)
	items := l.items(batch)
	before := heap()
	topics := l.topics(n)
	written := heap() - before
	begun := cpuTime()
	s := set(b, topics...)
	compiling := cpuTime() - begun
	compiled := heap() - before - written

	plain := newTokenHash(topics)
	engines := []engine{
		{"cut", batch, func(items []feeds.Item) (found int) {
			for i := range items {
				read(Doc{Item: &items[i]})
			}
			return 0
		}},
		{"ours", batch, func(items []feeds.Item) (found int) {
			for i := range items {
				found += len(s.Match(Doc{Item: &items[i], Source: "afp"}))
			}
			return found
		}},
		{"hash", batch, plain.match},
	}
	if n <= 10_000 { // more would take minutes
		engines = append(engines, engine{"fts5", batch, newFullText(b, topics).match}, engine{"regexp", max(1, 1000/n), newRegexps(topics).match})
	}
	perItem := turns(b, engines, items)
	b.ReportMetric(float64(compiled)/1e6, "MB")
	b.ReportMetric(float64(compiled+written)/1e6, "MB-config")
	b.ReportMetric(float64(compiling.Milliseconds()), "ms-compile")
	b.ReportMetric(perItem["hash"]/perItem["ours"], "ours/hash")
	if fts5, ok := perItem["fts5"]; ok {
		b.ReportMetric(fts5/perItem["ours"], "ours/fts5")
	}
	b.ReportMetric(perItem["ours"]/perItem["cut"]-1, "topics/cutting")
	runtime.KeepAlive(topics)
	runtime.KeepAlive(l)
	return time.Duration(perItem["ours"])
}

// An engine finds topics in items and answers how many it found.
type engine struct {
	name  string
	items int // how many it is given in a turn
	match func([]feeds.Item) int
}

// slow is what an engine may take in one turn and be given another.
const slow = 30 * time.Second

// turns lets the engines work by turns and answers each one's nanoseconds per item
// in its best: what else the machine does can only slow it down.
func turns(b *testing.B, engines []engine, items []feeds.Item) map[string]float64 {
	best, found := map[string]time.Duration{}, map[string]int{}
	for b.Loop() {
		for _, e := range engines {
			if best[e.name] > slow {
				continue
			}
			runtime.GC() // none sweeps up after another
			begun := cpuTime()
			found[e.name] = e.match(items[:e.items])
			if spent := cpuTime() - begun; best[e.name] == 0 || spent < best[e.name] {
				best[e.name] = spent
			}
		}
	}
	perItem := map[string]float64{}
	for _, e := range engines {
		perItem[e.name] = float64(best[e.name].Nanoseconds()) / float64(e.items)
		b.ReportMetric(1e9/perItem[e.name], e.name+"/s")
		if found[e.name] > 0 {
			b.ReportMetric(float64(found[e.name])/float64(e.items), e.name+"-found")
		}
	}
	b.ReportMetric(0, "ns/op") // the sum of all says nothing
	return perItem
}

// cpuTime is what this process has used, the garbage collector included: other
// programs of a busy machine cannot lengthen it.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// clausesOf are the terms of topics that select items, as all engines know them.
func clausesOf(t *config.Topic) (cs []clause) {
	for _, l := range slices.Concat(t.Strong, t.Weak) {
		for _, term := range l.Terms {
			c, _ := parseTerm(straighten(term.Text))
			cs = append(cs, c...)
		}
	}
	if t.Query.Text != "" {
		root, _ := parseQuery(t.Query.Text)
		q := &query{root: root.inward(false)}
		q.root.number(q)
		for _, leaf := range q.leaves {
			if !leaf.not {
				cs = append(cs, leaf.clause)
			}
		}
	}
	return cs
}

// A tokenHash finds terms by their first word.
type tokenHash struct {
	byWord map[string][]hashTerm
	byStem map[string][]hashTerm // by the first letters
	hit    []int                 // by topic, the number of the last item that hit it
	item   int
}

type hashTerm struct {
	topic int
	clause
}

func newTokenHash(topics []*config.Topic) *tokenHash {
	p := &tokenHash{byWord: map[string][]hashTerm{}, byStem: map[string][]hashTerm{}, hit: make([]int, len(topics))}
	for i, t := range topics {
		for _, c := range clausesOf(t) {
			if first := c.toks[0]; first.stem {
				p.byStem[first.fold[:hashStem]] = append(p.byStem[first.fold[:hashStem]], hashTerm{i, c})
				continue
			}
			p.byWord[c.toks[0].fold] = append(p.byWord[c.toks[0].fold], hashTerm{i, c})
		}
	}
	return p
}

// hashStem is how many bytes find a stem: all that are made have as many.
const hashStem = 4

func (p *tokenHash) match(items []feeds.Item) (found int) {
	for i := range items {
		p.item++
		for _, text := range []string{items[i].Title, items[i].Summary, items[i].Text} {
			ws := words.Split(text)
			for at, w := range ws {
				found += p.look(p.byWord[w.Fold], ws[at:])
				if len(w.Fold) >= hashStem {
					found += p.look(p.byStem[w.Fold[:hashStem]], ws[at:])
				}
			}
		}
	}
	return found
}

// look counts the topics not yet hit whose terms begin here.
func (p *tokenHash) look(terms []hashTerm, ws []words.Word) (found int) {
	for i := range terms {
		t := &terms[i]
		if p.hit[t.topic] != p.item && t.stands(ws) {
			p.hit[t.topic] = p.item
			found++
		}
	}
	return found
}

func (t *hashTerm) stands(ws []words.Word) bool {
	if t.near > 0 {
		return slices.ContainsFunc(ws[1:min(len(ws), t.near+2)], func(w words.Word) bool { return w.Fold == t.toks[1].fold })
	}
	if len(t.toks) > len(ws) {
		return false
	}
	for i, tok := range t.toks {
		if w := &ws[i]; tok.exact && w.Raw != tok.raw || w.Fold != tok.fold && !(tok.stem && strings.HasPrefix(w.Fold, tok.fold)) {
			return false
		}
	}
	return true
}

// A fullText is SQLite's full-text index in memory and a query for each topic.
type fullText struct {
	db      *sql.DB
	queries []string
}

func newFullText(b *testing.B, topics []*config.Topic) *fullText {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	b.Cleanup(func() { db.Close() })
	if _, err := db.Exec(`CREATE VIRTUAL TABLE item USING fts5 (title, summary, body, content='', tokenize='unicode61 remove_diacritics 2')`); err != nil {
		b.Fatal(err)
	}
	f := &fullText{db: db}
	for _, t := range topics {
		var alts []string
		for _, c := range clausesOf(t) {
			alts = append(alts, matchExpr(c))
		}
		f.queries = append(f.queries, strings.Join(alts, " OR "))
	}
	return f
}

// matchExpr writes a clause in the language of FTS5.
func matchExpr(c clause) string {
	var ws []string
	for _, t := range c.toks {
		ws = append(ws, t.fold)
	}
	switch last := c.toks[len(c.toks)-1]; {
	case c.near > 0:
		return fmt.Sprintf(`NEAR("%s", %d)`, strings.Join(ws, `" "`), c.near)
	case last.stem:
		return fmt.Sprintf(`"%s" *`, strings.Join(ws, " "))
	}
	return fmt.Sprintf(`"%s"`, strings.Join(ws, " "))
}

// match fills the index and asks it once for each topic.
func (f *fullText) match(items []feeds.Item) (found int) {
	check := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	tx, err := f.db.Begin()
	check(err)
	defer tx.Rollback()
	for i, it := range items {
		_, err := tx.Exec(`INSERT INTO item (rowid, title, summary, body) VALUES ($1, $2, $3, $4)`, i, it.Title, it.Summary, it.Text)
		check(err)
	}
	ask, err := tx.Prepare(`SELECT rowid FROM item WHERE item MATCH $1`)
	check(err)
	defer ask.Close()
	for _, q := range f.queries {
		rows, err := ask.Query(q)
		check(err)
		for rows.Next() {
			found++
		}
		check(rows.Err())
	}
	return found
}

// A regexp for each topic.
type regexps []*regexp.Regexp

func newRegexps(topics []*config.Topic) (res regexps) {
	for _, t := range topics {
		var alts []string
		for _, c := range clausesOf(t) {
			var ws []string
			for _, tok := range c.toks {
				ws = append(ws, regexp.QuoteMeta(tok.raw))
			}
			alt := strings.Join(ws, `\W+`)
			if c.near > 0 {
				alt = strings.Join(ws, fmt.Sprintf(`\W+(?:\w+\W+){0,%d}`, c.near))
			}
			if !c.toks[len(c.toks)-1].stem {
				alt += `\b`
			}
			alts = append(alts, alt)
		}
		res = append(res, regexp.MustCompile(`(?i)\b(?:`+strings.Join(alts, "|")+`)`))
	}
	return res
}

func (res regexps) match(items []feeds.Item) (found int) {
	for i := range items {
		text := items[i].Title + "\n" + items[i].Summary + "\n" + items[i].Text
		for _, re := range res {
			if re.MatchString(text) {
				found++
			}
		}
	}
	return found
}
