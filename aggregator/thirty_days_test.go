package aggregator_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"html"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/fetch"
)

var update = flag.Bool("update", false, "write testdata/thirty_days.golden")

var firstDay = time.Date(2024, 12, 1, 0, 0, 0, 0, time.UTC)

const monthDays = 30

// A month is a whole desk on a real store and five sources that a script writes.
type month struct {
	*room
	desk     *aggregator.Desk
	press    *aggregator.Press
	sources  map[string]*paper
	chance   *rand.Rand // of a restart; nil for none
	restarts int
	backup   string
	restored bool // since the reader's last fetch
	pruned   int
}

// A paper is one source as it is being written.
type paper struct {
	items   []paperItem // newest first
	out     []paperItem // those that have left the document
	deleted []string
	scheme  string
	failing bool
}

type paperItem struct {
	key, guid, title, text string
	at                     time.Time
}

var papers = []string{"levant", "orontes", "barada", "harbour", "gazette"}

func newMonth(t *testing.T, chance *rand.Rand) *month {
	t.Helper()
	r := &room{t: t, dir: t.TempDir(), now: firstDay}
	m := &month{room: r, sources: map[string]*paper{}, chance: chance, backup: filepath.Join(t.TempDir(), "backup.db")}
	for _, id := range papers {
		m.sources[id] = &paper{scheme: "http"}
	}
	m.terms("Aleppo, Latakia")
	m.start()
	t.Cleanup(func() { m.db.Close() })
	return m
}

// start is what a process does at its start: nothing is in memory.
func (m *month) start() {
	m.t.Helper()
	m.open()
	m.desk = aggregator.NewDesk(m.db, m.active, slog.New(slog.DiscardHandler))
	m.desk.Now = m.clock
	m.press = &aggregator.Press{Store: m.db, Plan: m.active}
}

func (m *month) stop() {
	m.t.Helper()
	if err := m.db.Close(); err != nil {
		m.t.Fatal(err)
	}
}

// perhaps restarts, as chance wants.
func (m *month) perhaps() {
	m.t.Helper()
	if m.chance != nil && m.chance.IntN(40) == 0 {
		m.restarts++
		m.stop()
		m.start()
	}
}

// terms edits the topic.
func (m *month) terms(words string) {
	m.t.Helper()
	var b strings.Builder
	b.WriteString(`version = 1
[site]
title = "Desk"
base_url = "https://desk.example"
tag = "desk.example,2024"
contact = "mailto:desk@desk.example"
[defaults]
fetch = "0 * * * *"
keep = "15d"
keep_matched = "16d"
[topics.syria]
title = "Syria"
[topics.syria.strong]
`)
	fmt.Fprintf(&b, "en = ['%s']\n", strings.ReplaceAll(words, ", ", "', '"))
	for _, id := range papers {
		fmt.Fprintf(&b, "[sources.%s]\nurl = \"https://%[1]s.example/feed\"\nlang = \"en\"\n", id)
	}
	b.WriteString("[editions.syria]\ntopics = [\"syria\"]\n")
	cfg, errs := config.Parse("wiredesk.toml", []byte(b.String()))
	for _, e := range errs {
		if !e.Warning {
			m.t.Fatal(e.Format())
		}
	}
	plan, errs := aggregator.Compile(cfg)
	if plan == nil {
		m.t.Fatal(errs)
	}
	m.plan = plan
}

// Get answers as a source's server does.
func (m *month) Get(_ context.Context, req fetch.Request) (*fetch.Response, error) {
	id, _, _ := strings.Cut(strings.TrimPrefix(req.URL, "https://"), ".")
	p := m.sources[id]
	if p.failing {
		return nil, &fetch.StatusError{Code: 503}
	}
	body, kind := p.document(id)
	etag := fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(body)))
	if req.ETag == etag {
		return &fetch.Response{URL: req.URL, Status: 304, ETag: etag}, fetch.ErrNotModified
	}
	return &fetch.Response{URL: req.URL, Status: 200, ETag: etag, ContentType: kind, Body: []byte(body)}, nil
}

// document writes Atom for barada, which takes back by tombstones, and RSS for
// the others.
func (p *paper) document(id string) (body, kind string) {
	var b strings.Builder
	address := func(it paperItem) string { return p.scheme + "://" + id + ".example/" + it.key }
	if id == "barada" {
		fmt.Fprintf(&b, `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"><title>%s</title>`, id)
		for _, guid := range p.deleted {
			fmt.Fprintf(&b, `<at:deleted-entry ref="%s" when="2024-12-15T06:00:00Z"/>`, guid)
		}
		for _, it := range p.items {
			fmt.Fprintf(&b, `<entry><id>%s</id><link href="%s"/><title>%s</title><summary>%s</summary><published>%[5]s</published><updated>%[5]s</updated></entry>`,
				html.EscapeString(p.scheme+it.guid), address(it), html.EscapeString(it.title), html.EscapeString(it.text), it.at.Format(time.RFC3339))
		}
		return b.String() + "</feed>", "application/atom+xml"
	}
	fmt.Fprintf(&b, `<rss version="2.0"><channel><title>%s</title>`, id)
	for _, it := range p.items {
		fmt.Fprintf(&b, `<item><guid isPermaLink="false">%s</guid><link>%s</link><title>%s</title><description>%s</description><pubDate>%s</pubDate></item>`,
			html.EscapeString(p.scheme+it.guid), address(it), html.EscapeString(it.title), html.EscapeString(it.text), it.at.Format(time.RFC1123Z))
	}
	return b.String() + "</channel></rss>", "application/rss+xml"
}

// poll asks every source that is due.
func (m *month) poll() {
	m.t.Helper()
	p := &aggregator.Poller{Store: m.db, Client: m, Plan: m.active, Log: slog.New(slog.DiscardHandler), Now: m.clock}
	if _, err := p.Once(m.t.Context()); err != nil {
		m.t.Fatal(err)
	}
}

// file lets the desk work. By chance it is killed before or after its first
// commit, and a new one goes on.
func (m *month) file() {
	m.t.Helper()
	if m.chance != nil && m.chance.IntN(20) == 0 {
		after := m.chance.IntN(2) == 1
		m.desk.Store = stepped{m.db, func(_ aggregator.Filing, done bool) error {
			if done == after {
				return errKilled
			}
			return nil
		}}
		if _, err := m.desk.File(m.t.Context()); err != nil && !errors.Is(err, errKilled) {
			m.t.Fatal(err)
		}
		m.restarts++
		m.stop()
		m.start()
	}
	if _, err := m.desk.File(m.t.Context()); err != nil {
		m.t.Fatal(err)
	}
}

// hour is one hour of the desk, after what the script wants of it. Sources that
// nobody has touched would all answer 304: most of those polls are left out, since
// each costs the disk.
func (m *month) hour(at time.Time, touched bool) {
	m.t.Helper()
	m.now = at
	m.perhaps()
	if touched || m.sources["gazette"].failing || at.Hour()%6 == 0 {
		m.poll()
	}
	for _, minute := range []time.Duration{1, 12} { // it is over; it was held
		m.now = at.Add(minute * time.Minute)
		m.perhaps()
		m.file()
	}
	if at.Hour() == 3 {
		d := m.plan.Config.Defaults
		n, err := m.db.Prune(m.t.Context(), m.now, d.Keep, d.KeepMatched)
		if err != nil {
			m.t.Fatal(err)
		}
		m.pruned += n
	}
	m.now = at.Add(30 * time.Minute)
	m.perhaps()
}

// run plays the script to a reader and answers what it was told.
func (m *month) run(script []happening) (lines []string) {
	m.t.Helper()
	s := &strictReader{t: m.t, known: map[string]strictEntry{}, owner: map[string]string{}}
	for h := range monthDays * 24 {
		at := firstDay.Add(time.Duration(h) * time.Hour)
		m.now = at
		touched := len(script) > 0 && script[0].at.Equal(at)
		for len(script) > 0 && script[0].at.Equal(at) {
			m.happen(script[0])
			script = script[1:]
		}
		m.hour(at, touched)
		if at.Hour() == 0 { // one that has nothing printed yet
			m.press = &aggregator.Press{Store: m.db, Plan: m.active}
		}
		lines = append(lines, s.fetch(fmt.Sprintf("%2d %02d", h/24+1, h%24), m.print, m.restored)...)
		m.restored = false
	}
	if len(script) > 0 {
		m.t.Errorf("never played: %v", script)
	}
	return lines
}

func (m *month) print(format feeds.Format) *aggregator.Document {
	m.t.Helper()
	doc, err := m.press.Print(m.t.Context(), "syria", format)
	if err != nil {
		m.t.Fatal(err)
	}
	return doc
}

// The month as a reader sees it is testdata/thirty_days.golden, and the script
// beside it says why. Restarts and kills at any point change nothing of it.
func TestAStrictReaderSeesThirtyDaysAsIntended(t *testing.T) {
	script := readScript(t, filepath.Join("testdata", "thirty_days.txt"))
	golden := filepath.Join("testdata", "thirty_days.golden")
	for seed := range uint64(2) {
		if underRace && seed == 0 {
			continue // the other sees no less
		}
		var chance *rand.Rand
		if seed > 0 {
			chance = rand.New(rand.NewPCG(seed, 30))
		}
		m := newMonth(t, chance)
		got := strings.Join(m.run(slices.Clone(script)), "\n") + "\n"
		if *update && seed == 0 {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("seed %d, %d restarts: %s", seed, m.restarts, d)
		}
		if m.pruned != 1 || seed > 0 && m.restarts < 50 {
			t.Errorf("seed %d: %d items pruned, want the one that left; %d restarts", seed, m.pruned, m.restarts)
		}
	}
}
