package aggregator_test

import (
	"fmt"
	"html"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/store"
)

// A happening is one line of a script.
type happening struct {
	at    time.Time
	verb  string
	words []string // source and item; or the rest of the line
	title string
	text  string
}

func readScript(t *testing.T, path string) (script []happening) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(data), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.SplitN(line, " | ", 3)
		f := strings.Fields(parts[0])
		day, err := time.ParseDuration(f[0] + "h")
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		hour, err := time.ParseDuration(f[1] + "h")
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		h := happening{at: firstDay.Add((day-time.Hour)*24 + hour), verb: f[2], words: f[3:]}
		if len(parts) == 3 {
			h.title, h.text = parts[1], parts[2]
		}
		script = append(script, h)
	}
	return script
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

// happen does what a line says.
func (m *month) happen(h happening) {
	m.t.Helper()
	switch h.verb {
	case "backup":
		if _, err := m.db.Backup(m.t.Context(), m.backup); err != nil {
			m.t.Fatal(err)
		}
		return
	case "restore":
		m.stop()
		if _, err := store.Restore(m.t.Context(), m.dir, m.backup, false, m.now); err != nil {
			m.t.Fatal(err)
		}
		m.restored = true
		m.start()
		return
	case "terms":
		m.terms(strings.Join(h.words, " "))
		return
	}
	p, key := m.sources[h.words[0]], ""
	if len(h.words) > 1 {
		key = h.words[1]
	}
	switch h.verb {
	case "fail", "heal":
		p.failing = h.verb == "fail"
	case "https":
		p.scheme = "https"
	case "item":
		it := paperItem{key: key, guid: "://" + h.words[0] + ".example/?p=" + key, title: h.title, text: h.text, at: m.now.Add(-20 * time.Minute)}
		p.items = slices.Insert(p.items, 0, it)
	case "back":
		i := slices.IndexFunc(p.out, func(it paperItem) bool { return it.key == key })
		p.items = append(p.items, p.out[i])
	default:
		m.touch(p, h, key)
	}
}

// touch does something to an item that stands in its document.
func (m *month) touch(p *paper, h happening, key string) {
	m.t.Helper()
	i := slices.IndexFunc(p.items, func(it paperItem) bool { return it.key == key })
	it := &p.items[i]
	switch h.verb {
	case "edit":
		if h.title != "=" {
			it.title = h.title
		}
		it.text = h.text
	case "reguid":
		it.guid += "&new"
	case "leave", "withdraw":
		if h.verb == "withdraw" {
			p.deleted = append(p.deleted, p.scheme+it.guid)
		}
		p.out = append(p.out, *it)
		p.items = slices.Delete(p.items, i, i+1)
	default:
		m.t.Fatalf("no such thing happens: %s", h.verb)
	}
}
