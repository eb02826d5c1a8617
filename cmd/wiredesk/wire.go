package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// The demo's wire: invented outlets with items written for it, about public
// events of December 2024. Each outlet is one file of wire/*.toml.

//go:embed wire
var wireFiles embed.FS

// A wire is all outlets. What they show grows with time, stage by stage.
type wire struct {
	all   []*outlet
	now   func() time.Time
	began time.Time
}

// stageEvery is how long each stage of the wire lasts.
const stageEvery = 10 * time.Second

// An outlet is one feed of the wire.
type outlet struct {
	ID     string     `toml:"id"`
	Name   string     `toml:"name"`
	Lang   string     `toml:"lang"`
	Format string     `toml:"format"` // rss, rdf, atom, json
	Broken string     `toml:"broken"` // in words, for people
	Fault  string     `toml:"fault"`  // windows-1256, truncated, fails, slow
	Config string     `toml:"config"` // further lines of its section in wiredesk.toml
	Items  []wireItem `toml:"items"`
}

// A wireItem is one item as its outlet writes it.
type wireItem struct {
	Title     string   `toml:"title"`
	Summary   string   `toml:"summary"` // plain text
	Body      string   `toml:"body"`    // paragraphs, a blank line between
	Agency    string   `toml:"agency"`  // name of a text in agency.toml that is its body
	At        string   `toml:"at"`      // "8 06:30" in December 2024, UTC; "none"; or a whole RFC 3339 time
	Slug      string   `toml:"slug"`    // of its address; its number when left out
	GUID      string   `toml:"guid"`    // "none", or one of its own; made of the address when left out
	Author    string   `toml:"author"`
	Tags      []string `toml:"tags"`
	Image     bool     `toml:"image"`
	Audio     bool     `toml:"audio"`
	Stage     int      `toml:"stage"`      // from which it is shown
	Corrected string   `toml:"corrected"`  // body from CorrectedAt on
	CorrectAt int      `toml:"correct_at"` // stage
}

// newWire reads the outlets.
func newWire(now func() time.Time) (*wire, error) {
	w := &wire{now: now, began: now()}
	agency, err := wireAgency()
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(wireFiles, "wire/outlet-*.toml")
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	for _, name := range names {
		o := &outlet{}
		if err := wireDecode(name, o); err != nil {
			return nil, err
		}
		for i := range o.Items {
			if err := o.Items[i].ready(o, i, agency); err != nil {
				return nil, fmt.Errorf("%s: item %d: %w", name, i+1, err)
			}
		}
		w.all = append(w.all, o)
	}
	return w, nil
}

func wireDecode(name string, into any) error {
	data, err := wireFiles.ReadFile(name)
	if err != nil {
		return err
	}
	if err := toml.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func wireAgency() (map[string]string, error) {
	var texts map[string]string
	err := wireDecode("wire/agency.toml", &texts)
	return texts, err
}

// ready fills what the file leaves to rule.
func (it *wireItem) ready(o *outlet, i int, agency map[string]string) error {
	if it.Agency != "" {
		if it.Body = agency[it.Agency]; it.Body == "" {
			return fmt.Errorf("no agency text %q", it.Agency)
		}
	}
	if it.Slug == "" {
		it.Slug = fmt.Sprintf("2024/12/%03d", len(o.Items)-i)
	}
	if it.GUID == "" {
		it.GUID = fmt.Sprintf("%s-%s", o.ID, path.Base(it.Slug))
	}
	if _, err := it.date(); err != nil {
		return err
	}
	if it.Title == "" {
		return errors.New("no title")
	}
	return nil
}

// date reads At; the zero time for "none".
func (it *wireItem) date() (time.Time, error) {
	if it.At == "none" {
		return time.Time{}, nil
	}
	if strings.Contains(it.At, "T") {
		return time.Parse(time.RFC3339, it.At)
	}
	return time.Parse("2006-01 2 15:04", "2024-12 "+it.At)
}

// outlets lists the outlets in order.
func (w *wire) outlets() []*outlet { return w.all }

// stage says how far the wire has come.
func (w *wire) stage() int { return int(w.now().Sub(w.began) / stageEvery) }

// shown are the outlet's items at a stage, newest first, as they then read.
func (o *outlet) shown(stage int) []wireItem {
	var items []wireItem
	for _, it := range o.Items {
		if it.Stage > stage {
			continue
		}
		if it.Corrected != "" && stage >= it.CorrectAt {
			it.Body = it.Corrected
		}
		items = append(items, it)
	}
	sort.SliceStable(items, func(i, j int) bool {
		a, _ := items[i].date() // ready has read them all
		b, _ := items[j].date()
		return a.After(b)
	})
	return items
}

// wireOptions are the parts of the demo's config that its caller decides.
type wireOptions struct {
	BaseURL, Listen, Data, Static string
}

// config writes the demo's wiredesk.toml: the real thing, with loopback
// opened to the guarded dialer and no patience for origins, which are all ours.
func (w *wire) config(base map[string]string, o wireOptions) (string, error) {
	data, err := wireFiles.ReadFile("wire/wiredesk.toml")
	if err != nil {
		return "", err
	}
	var sources strings.Builder
	for _, out := range w.all {
		fmt.Fprintf(&sources, "[sources.%s]\nurl   = %q\nlang  = %q\ntitle = %q\n%s\n", out.ID, base[out.ID], out.Lang, out.Name, out.Config)
	}
	return strings.NewReplacer(
		"@BASE_URL@", o.BaseURL, "@LISTEN@", o.Listen, "@DATA@", o.Data, "@STATIC@", o.Static, "@SOURCES@", sources.String(),
	).Replace(string(data)), nil
}
