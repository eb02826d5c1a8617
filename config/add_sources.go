package config

import (
	"bytes"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// AddSources adds sources behind the last one that stands in a TOML file, else
// at the end of the main file. Of a Source only ID, URL, Lang, Title and Tags
// are written; an ID of "" becomes one made of the title that nobody has yet.
func (c *Config) AddSources(sources ...Source) (*Change, error) {
	f := c.sourcesFile()
	d := draft{data: f.data, all: statements(f.data)}
	n := c.newcomers()
	var tables []string
	for _, s := range sources {
		if err := n.admit(&s); err != nil {
			return nil, err
		}
		tables = append(tables, sourceTable(&s))
	}
	if err := d.append("sources", tables); err != nil {
		return nil, err
	}
	return c.changed(f, &d), nil
}

// Import makes sources of outlines. Those that it leaves out, since the config or
// an outline before has their address, or since they have none that can be
// polled, are told in skipped, in words.
func (c *Config) Import(outlines []Outline) (sources []Source, skipped []string) {
	n := c.newcomers()
	for _, o := range outlines {
		s := Source{URL: o.URL, Lang: o.Lang, Title: o.Title, Tags: o.Tags}
		if err := n.admit(&s); err != nil {
			skipped = append(skipped, fmt.Sprintf("%q: %v", o.Title, err))
			continue
		}
		sources = append(sources, s)
	}
	return sources, skipped
}

// newcomers are sources about to be added.
type newcomers struct {
	ids       map[string]bool
	addresses map[string]string // id by address
	same      map[string]int    // see freeID
}

func (c *Config) newcomers() *newcomers {
	n := &newcomers{ids: map[string]bool{}, addresses: map[string]string{}, same: map[string]int{}}
	for _, s := range c.Sources {
		n.ids[s.ID], n.addresses[sameAddress(s.URL)] = true, s.ID
	}
	return n
}

// admit says why a source cannot be added, or notes that it is. Its address is
// never repeated: it may be a secret.
func (n *newcomers) admit(s *Source) error {
	u, err := url.Parse(s.URL)
	switch {
	case !isWeb(u, err) || oneLine(s.URL) != nil:
		return fmt.Errorf("it has no http or https address")
	case u.User != nil:
		return fmt.Errorf(`its address holds a password: put it into a file and write url_file = "…" by hand`)
	case n.addresses[sameAddress(s.URL)] != "":
		return fmt.Errorf("it is a source already: sources.%s", n.addresses[sameAddress(s.URL)])
	case s.ID == "":
		s.ID = freeID(unmarked(s.Title), s.URL, n.same, func(id string) bool { return n.ids[id] })
	case !validID.MatchString(s.ID):
		return fmt.Errorf("%q is no id: use small letters, digits and hyphens, at most 64", s.ID)
	case n.ids[s.ID]:
		return fmt.Errorf("there is a source %q: give this one another id", s.ID)
	}
	n.ids[s.ID], n.addresses[sameAddress(s.URL)] = true, s.ID
	return nil
}

// sourceTable writes a source.
func sourceTable(s *Source) string {
	keys := [][2]string{{"url", quoted(s.URL, '"')}}
	if s.Lang != "" {
		keys = append(keys, [2]string{"lang", quoted(s.Lang, '"')})
	}
	if title := oneLineOf(s.Title); title != "" {
		keys = append(keys, [2]string{"title", quoted(title, '"')})
	}
	if len(s.Tags) > 0 {
		var tags []string
		for _, t := range s.Tags {
			tags = append(tags, quoted(t, '"'))
		}
		keys = append(keys, [2]string{"tags", "[" + strings.Join(tags, ", ") + "]"})
	}
	return "[sources." + s.ID + "]\n" + columns(keys)
}

// sourcesFile is the TOML file that the last source stands in.
func (c *Config) sourcesFile() *file {
	for _, s := range slices.Backward(c.Sources) {
		f := c.places["table:sources."+s.ID].file
		if f != nil && !strings.EqualFold(filepath.Ext(f.name), ".opml") {
			return f
		}
	}
	return c.main
}

// append puts tables of a kind behind the last one of it, else behind all else.
func (d *draft) append(kind string, tables []string) error {
	last, gap := len(d.all)-1, "\n"
	for i := range d.all {
		s := &d.all[i]
		switch {
		case s.key != nil && len(s.table)+len(s.key) == 1 && s.key[0] == kind && s.val.kind == unstable.InlineTable:
			return fmt.Errorf("%s stands in braces: write [%s.NAME] tables instead, or add it there by hand", kind, kind)
		case s.key == nil && under(s.table, []string{kind}):
			last = d.section(i)
			line := bytes.LastIndexByte(d.data[:s.from], '\n') + 1
			gap = "\n"
			if i > 0 && !d.blank(line) && d.top(s.from) == line {
				gap = "" // tables stand close here
			}
		}
	}
	if last < 0 {
		d.put(len(d.data), strings.Join(tables, "\n"+gap)+"\n")
		return nil
	}
	d.below(d.all[last].end, gap+strings.Join(tables, "\n"+gap))
	return nil
}
