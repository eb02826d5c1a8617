// Package config reads what the operator wrote: one TOML file and its includes.
// It finds all mistakes at once, each with its place, its line and what to write
// instead, and judges nothing that needs meaning: terms and cron expressions are
// for package aggregator, which reports back through ErrorAt.
//
//	path, err := config.Find(flag)      // or names every path tried
//	cfg, errs := config.Load(path)      // every mistake, in the order of the file
//	e := cfg.ErrorAt("topics.syria.strong.en[2]", 4, "unbalanced quote", "close it")
//	fmt.Println(e.Format())
//	change, err := cfg.AddTerm("syria", "strong", "en", "Idlib") // puts text in, moves nothing
//
// A Config is plain values and is not changed after Load.
package config

import "time"

// A Config is one file as the operator wrote it, with its includes, checked
// for everything that needs no meaning. It is read-only after Load.
type Config struct {
	File     string // path of the main file, as given
	Version  int
	Site     Site
	Defaults Defaults
	Jobs     Jobs
	Sources  []*Source  // in the order written
	Topics   []*Topic   // in the order written
	Editions []*Edition // in the order written

	Files   []string // every file it was read from, the main one first
	Include []string // patterns of the included files, from where the program runs
	main    *file
	places  map[string]span // of values, by path, as in "topics.syria.strong.en[2]"
}

// Site is the publication as a whole.
type Site struct {
	Title         string
	BaseURL       string         // no trailing slash; every link we publish starts here
	Tag           string         // authority and date of our ids (RFC 4151), as in "news.example.org,2026"
	Contact       string         // sent in the User-Agent
	Timezone      *time.Location // UTC when absent
	Listen        string         // host:port
	Data          string         // data directory, relative to the config file
	Static        string         // directory for static files, "" for none; relative to the config file
	LinkRules     string         // file of rules for links, "" for none; an absolute path after Load
	Public        bool           // the list of sources and news of how they do are published
	WebSub        bool           // hubs may send us what feeds bring, to BaseURL
	AllowNetworks []string       // prefix[:port] that the guarded dialer lets through
	Metrics       string         // who may read /metrics: "loopback", "all" or "none"
}

// Jobs are the cron expressions of what the daemon does beside its work, in
// Site.Timezone; "" is never. aggregator.Compile reads them.
type Jobs struct {
	Backup string // writes a checked copy of the database
	Prune  string // deletes what retention no longer asks for
	Digest string // lists what each edition has published since the last one
}

// Defaults hold for each source that does not say otherwise.
type Defaults struct {
	Fetch       Schedule
	MinFetch    time.Duration // no source is asked more often than this
	Keep        time.Duration // items of no topic
	KeepMatched time.Duration
	Excerpt     int // characters of the publisher's summary; 0 = title and link only
}

// A Schedule is a fetch value: an interval, or a cron expression that
// aggregator.Compile reads.
type Schedule struct {
	Every time.Duration // 0 when Cron is set
	Cron  string
}

// A Source is a feed we poll.
type Source struct {
	ID      string
	URL     string // already read from url_file when that was given
	Lang    string
	Title   string // outlet name shown; the id when ""
	Home    string // topic whose weak terms count whole here
	Take    string // topic that every item belongs to, unless rejected
	Weight  float64
	Label   string // shown beside the outlet's name, as in "state media"
	Tags    []string
	Fetch   Schedule
	Excerpt int
	Images  string // "none" or "link"
	Content string // "summary" or "full"
	Allowed string // the permission behind content = "full"
	Rights  string // overrides the feed's own
	Private bool   // publish only the home page: the address carries a token
	Headers map[string]string
	Was     []string // ids it had before, the first one first

	fromFile bool // URL was read from url_file
}

// A Topic is a subject and the terms that select its items.
type Topic struct {
	ID      string
	Title   string
	Sources []string // ids, "tag:agency", "!sana", "*"
	Aim     string   // "broad", "standard" or "strict"
	Strong  []List
	Weak    []List
	Query   Term // an item must satisfy it and the lists, or it alone; its Path is "" when there is none
	Ignore  []Term
	Reject  []Term
	Tests   []Test
	Was     []string // ids it had before, the first one first
}

// A List is the terms of one language; Lang "all" holds for every language.
type List struct {
	Lang  string
	Terms []Term
}

// A Term is one entry of a list, or a query, and where it stands.
type Term struct {
	Text string
	Path string // as in "topics.syria.strong.en[2]"
}

// A Test is a sentence the topic must match or must leave.
type Test struct {
	Title  string
	Text   string
	Lang   string
	Source string
	Want   bool
	Path   string // as in "topics.syria.tests[0]"
}

// An Edition is one publication of ours.
type Edition struct {
	ID             string
	Title          string
	Topics         []string
	Formats        []string // of "rss", "atom", "json", "html"
	Group          string   // "story", "copy" or "item"
	Items          int
	Span           time.Duration
	Hold           time.Duration // how long an entry waits for other outlets before it is published
	Langs          []string      // only items in these languages; all when empty
	ExcludeSources []string
	EntryTitle     string   // template, as in "{title} · {outlet}"; "" = the title alone
	Was            []string // ids it had before, the first one first: their addresses lead here
	Hub            string   // WebSub hub that is told of changes; "" for none
	Private        bool     // published at an address that nobody can guess, and named nowhere
}
