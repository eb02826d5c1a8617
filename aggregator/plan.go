package aggregator

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	"github.com/wiredesk/wiredesk/aggregator/story"
	"github.com/wiredesk/wiredesk/aggregator/topic"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/clean"
)

// Versions of what decides and what prints. Raising one files or prints
// everything once more.
const (
	scorer  = 3 // topic scores and copies
	printer = 5 // layout of documents
)

// A Plan is a config compiled and ready to run. It never changes; a reload
// makes another one.
type Plan struct {
	Config *config.Config
	Topics *topic.Set
	Print  string // fingerprint of all that decides filing: another one re-files everything

	sources   map[string]*config.Source
	secret    []string // ids of sources whose address is told to nobody
	editions  map[string]*config.Edition
	schedules map[string]schedule // by source id; cron only
	jobs      []job               // that have times
	rules     *clean.Rules        // for links; nil for none
	names     *Names              // what the store remembers; nil for nothing
}

// Compile finds what needs meaning (cron expressions, terms, topic tests) and
// returns a plan. Warnings come beside a plan; with an error there is none.
func Compile(cfg *config.Config) (*Plan, []config.Error) {
	p := &Plan{
		Config:    cfg,
		sources:   map[string]*config.Source{},
		editions:  map[string]*config.Edition{},
		schedules: map[string]schedule{},
	}
	set, bad := topic.Compile(cfg.Topics)
	var errs []config.Error
	for _, b := range bad {
		e := cfg.ErrorAt(b.Path, b.Offset, b.Msg, b.Help)
		e.Warning = b.Warning
		errs = append(errs, e)
	}
	p.Topics = set
	errs = append(errs, p.index()...)
	errs = append(errs, p.readJobs()...)
	errs = append(errs, p.loadRules()...)
	if set != nil {
		errs = append(errs, runTests(cfg, set)...)
	}
	for _, e := range errs {
		if !e.Warning {
			return nil, errs
		}
	}
	p.Print = p.fingerprint()
	return p, errs
}

// index files sources and editions by id and reads the cron expressions.
func (p *Plan) index() (errs []config.Error) {
	for _, src := range p.Config.Sources {
		p.sources[src.ID] = src
		if src.Secret() {
			p.secret = append(p.secret, src.ID)
		}
		path := "sources." + src.ID + ".fetch"
		cron := src.Fetch.Cron
		if cron == "" && src.Fetch.Every == 0 {
			cron, path = p.Config.Defaults.Fetch.Cron, "defaults.fetch"
		}
		if cron == "" {
			continue
		}
		s, err := parseCron(cron)
		if err != nil {
			errs = append(errs, p.Config.ErrorAt(path, 0, err.Error(), `write five fields, as in "0 6-23 * * *", or "every 1h"`))
			continue
		}
		p.schedules[src.ID] = s
	}
	for _, ed := range p.Config.Editions {
		p.editions[ed.ID] = ed
	}
	return dedup(errs)
}

// loadRules reads the operator's rules for links.
func (p *Plan) loadRules() (errs []config.Error) {
	file := p.Config.Site.LinkRules
	if file == "" {
		return nil
	}
	data, err := os.ReadFile(file)
	if err == nil {
		p.rules, err = clean.LoadRules(data)
	}
	if err != nil {
		return []config.Error{p.Config.ErrorAt("site.link_rules", 0, err.Error(), "write the name of a file in ClearURLs' format, or leave link_rules out")}
	}
	for _, w := range p.rules.Warnings {
		e := p.Config.ErrorAt("site.link_rules", 0, w, "")
		e.Warning = true
		errs = append(errs, e)
	}
	return errs
}

// reader is the version of all that reads a source's documents: with another one
// everything is read once more.
func (p *Plan) reader(src *config.Source) string {
	return fmt.Sprintf("parse %d clean %d lang %q rules %q", feeds.Version, clean.Version, src.Lang, p.rules.Sum())
}

// dedup drops repeats: a bad default schedule is one mistake, not one a source.
func dedup(errs []config.Error) []config.Error {
	var kept []config.Error
	for _, e := range errs {
		if len(kept) == 0 || kept[len(kept)-1] != e {
			kept = append(kept, e)
		}
	}
	return kept
}

// runTests runs the sentences of [[topics.X.tests]].
func runTests(cfg *config.Config, set *topic.Set) (errs []config.Error) {
	for _, t := range cfg.Topics {
		for _, test := range t.Tests {
			if msg := set.Test(t.ID, test); msg != "" {
				errs = append(errs, cfg.ErrorAt(test.Path, 0, "test failed: "+msg, ""))
			}
		}
	}
	return errs
}

// Source returns the source with that id, nil when the plan has none.
func (p *Plan) Source(id string) *config.Source { return p.sources[id] }

// Edition returns the edition with that id, nil when the plan has none.
func (p *Plan) Edition(id string) *config.Edition { return p.editions[id] }

// fingerprint sums what the desk's decisions depend on. Titles, addresses and
// schedules are left out: changing them files nothing again.
func (p *Plan) fingerprint() string {
	type source struct {
		ID, Lang, Home, Take string
		Tags                 []string
	}
	type edition struct {
		ID, Group               string
		Topics, Langs, Excluded []string
	}
	sum := struct {
		Scorer   int
		Story    string // signatures of another version are made anew
		Topics   []config.Topic
		Sources  []source
		Editions []edition
	}{Scorer: scorer, Story: story.Version}
	for _, t := range p.Config.Topics {
		bare := *t
		bare.Title, bare.Tests, bare.Was = "", nil, nil
		sum.Topics = append(sum.Topics, bare)
	}
	for _, s := range p.Config.Sources {
		if s.Home != "" || s.Take != "" || len(s.Tags) > 0 {
			sum.Sources = append(sum.Sources, source{s.ID, s.Lang, s.Home, s.Take, s.Tags})
		}
	}
	for _, e := range p.Config.Editions {
		sum.Editions = append(sum.Editions, edition{e.ID, e.Group, e.Topics, e.Langs, e.ExcludeSources})
	}
	return digest(sum)
}

// look sums what a document of ed shows beside its entries.
func (p *Plan) look(ed *config.Edition) string {
	site, bare := &p.Config.Site, *ed
	bare.Was = nil
	return digest(struct {
		Printer int
		Site    [4]string
		Topics  []string
		TTL     int
		Edition config.Edition
		Digests bool     `json:",omitempty"`
		Secret  []string `json:",omitempty"` // sources whose address no document tells
	}{printer, [4]string{site.Title, site.BaseURL, site.Tag, site.Contact}, topicTitles(p, ed.Topics), int(p.ttl().Minutes()), bare, p.Digested(), p.secret})
}

// digest sums a value by its JSON form, whose field order is fixed.
func digest(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic("digest: " + err.Error()) // plain structs of strings: cannot fail
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:12])
}
