package aggregator_test

import (
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
