package config

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Preset is the config of a file that says nothing.
func Preset() Config {
	return Config{
		Version: 1,
		Site:    Site{Timezone: time.UTC, Listen: "127.0.0.1:8080", Data: "data", Metrics: "loopback"},
		Defaults: Defaults{
			Fetch:    Schedule{Every: 20 * time.Minute},
			MinFetch: 15 * time.Minute,
			Keep:     30 * units['d'], KeepMatched: 3 * units['y'], Excerpt: 300,
		},
		Jobs: Jobs{Prune: "7 * * * *"},
	}
}

// Load reads a file and its includes. The config is nil when a file cannot be
// read as TOML; every other mistake comes beside a config, so that more can be
// found in it. Warnings alone are no obstacle.
func Load(path string) (*Config, []Error) { return load(path, readFile) }

// load is Load with another way to read the files of the config.
func load(path string, read func(name string) ([]byte, error)) (*Config, []Error) {
	data, err := read(path)
	if err != nil {
		return nil, []Error{{Pos: Pos{File: path}, Msg: reason(err), Help: remedy(err)}}
	}
	return parse(path, data, read)
}

// maxFile bounds what is read of any file: a config of 20,000 sources has 3 MB.
const maxFile = 16 << 20

// readFile reads a file that is not endless, as a device or a pipe may be.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("the file is over the limit of %d MB", maxFile>>20)
	}
	return data, err
}

// reason is a file error without the path, which stands before it.
func reason(err error) string {
	var pe *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file"
	case errors.Is(err, fs.ErrPermission):
		return "no permission to read it"
	case errors.As(err, &pe):
		return pe.Err.Error()
	}
	return err.Error()
}

// remedy is what to do about a main file that cannot be read.
func remedy(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "wiredesk init writes one to start from"
	case errors.Is(err, fs.ErrPermission):
		return "let the user that wiredesk runs as read it"
	}
	return ""
}

// Parse is Load for a main file already in memory. Includes and url_file are
// still read from disk, relative to the file's folder.
func Parse(path string, data []byte) (*Config, []Error) { return parse(path, data, readFile) }

func parse(path string, data []byte, read func(name string) ([]byte, error)) (*Config, []Error) {
	cfg := Preset()
	cfg.File, cfg.Files = path, []string{path}
	r := newReader(&cfg)
	r.read = read
	cfg.main = &file{name: path, data: data}
	root, syntax := parseTree(cfg.main)
	if syntax != nil {
		return nil, []Error{*syntax}
	}
	r.main(root)
	if !r.includes(root) {
		r.sort()
		return nil, r.errs
	}
	r.check()
	r.sort()
	return &cfg, r.errs
}

// newReader starts with the main file, whose path cfg has.
func newReader(cfg *Config) *reader {
	cfg.places = map[string]span{}
	return &reader{
		cfg:   cfg,
		dir:   filepath.Dir(cfg.File),
		rank:  map[string]int{filepath.Clean(cfg.File): 0},
		same:  map[string]int{},
		below: map[string]span{},
		tried: map[string]bool{},
		wrong: map[string]bool{},
	}
}

// sort puts the mistakes in the order of reading: the main file first, then its
// includes, each from top to bottom.
func (r *reader) sort() {
	slices.SortStableFunc(r.errs, func(a, b Error) int {
		return cmp.Or(
			cmp.Compare(r.rank[filepath.Clean(a.Pos.File)], r.rank[filepath.Clean(b.Pos.File)]),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Col, b.Pos.Col),
		)
	})
}

func (r *reader) main(root *value) {
	r.keys(root, "", "version", "include", "site", "defaults", "jobs", "sources", "topics", "editions")
	v := root.find("version")
	switch {
	case v == nil:
		r.fail(span{root.span.file, 0, 0}, "write version = 1 as the first line", "version is missing")
	case v.kind != unstable.Integer:
		r.fail(v.span, "write version = 1, without quotes", "version must be a number, not %s", v.name())
	case v.text != "1":
		r.fail(v.span, "this program reads version = 1", "version %s is not one this program knows", v.text)
	}
	r.site(r.table(root, "", "site"))
	r.defaults(r.table(root, "", "defaults"))
	r.jobs(r.table(root, "", "jobs"))
	r.nouns(root)
}

// nouns reads what an included file may hold too.
func (r *reader) nouns(root *value) {
	for _, e := range r.table(root, "", "sources").keys {
		r.named(e, "sources", r.source)
	}
	for _, e := range r.table(root, "", "topics").keys {
		r.named(e, "topics", r.topic)
	}
	for _, e := range r.table(root, "", "editions").keys {
		r.named(e, "editions", r.edition)
	}
}

var validID = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$`)

// named reads one table under its id.
func (r *reader) named(e *entry, kind string, read func(id, path string, t *value)) {
	path := kind + "." + e.name
	r.tried[kind], r.tried[path] = true, true
	if !validID.MatchString(e.name) {
		r.fail(e.at, "use small letters, digits and hyphens, at most 64", "%s: %q is no id", kind, e.name)
		return
	}
	if e.val.kind != unstable.Table {
		r.fail(e.val.span, "write "+tableForm(path), "%s must be a table, not %s", path, e.val.name())
		return
	}
	if _, twice := r.cfg.places["table:"+path]; twice {
		r.fail(e.at, "one of them needs another id", "%s is in two files", path)
		return
	}
	r.cfg.places["table:"+path] = e.at
	r.end(path, e.val)
	read(e.name, path, e.val)
}

func (r *reader) site(t *value) {
	r.keys(t, "site", "title", "base_url", "tag", "contact", "timezone", "listen", "data", "static", "link_rules", "websub", "public", "allow_networks", "metrics")
	s := &r.cfg.Site
	s.Title = r.text(t, "site", "title", "")
	s.BaseURL = strings.TrimRight(r.text(t, "site", "base_url", ""), "/")
	s.Tag = r.text(t, "site", "tag", "")
	s.Contact = r.text(t, "site", "contact", "")
	s.Listen = r.text(t, "site", "listen", s.Listen)
	s.Data = r.text(t, "site", "data", s.Data)
	s.Static = r.text(t, "site", "static", "")
	s.LinkRules = r.linkRules(t)
	s.WebSub, s.Public = r.yes(t, "site", "websub"), r.yes(t, "site", "public")
	s.AllowNetworks = r.texts(t, "site", "allow_networks")
	if t.find("metrics") != nil {
		s.Metrics = map[bool]string{true: "all", false: "none"}[r.yes(t, "site", "metrics")]
	}
	if name := r.text(t, "site", "timezone", ""); name != "" {
		zone, err := time.LoadLocation(name)
		if err != nil {
			r.fail(t.find("timezone").span, `write a name of the zone database, as in "Asia/Damascus"`, "site.timezone: %q is no time zone", name)
			return
		}
		s.Timezone = zone
	}
}

// linkRules finds the file that link_rules names. Whether it holds rules is for
// aggregator.Compile to say.
func (r *reader) linkRules(t *value) string {
	name, ok := r.given(t, "site", "link_rules")
	if !ok {
		return ""
	}
	const help = "the file holds rules in the format of ClearURLs; its path starts from the folder of the main file"
	if name == "" {
		r.fail(t.find("link_rules").span, help, "site.link_rules is empty")
		return ""
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(r.dir, name)
	}
	path, err := filepath.Abs(name)
	r.cfg.Files = append(r.cfg.Files, path) // there or not: it may come
	if err == nil {
		_, err = readFile(path)
	}
	if err != nil {
		r.fail(t.find("link_rules").span, help, "site.link_rules: %s", reason(err))
		return ""
	}
	return path
}

func (r *reader) defaults(t *value) {
	r.keys(t, "defaults", "fetch", "min_fetch", "keep", "keep_matched", "excerpt")
	d := &r.cfg.Defaults
	d.Fetch = r.schedule(t, "defaults", d.Fetch)
	d.MinFetch = r.length(t, "defaults", "min_fetch", d.MinFetch)
	d.Keep = r.length(t, "defaults", "keep", d.Keep)
	d.KeepMatched = r.length(t, "defaults", "keep_matched", d.KeepMatched)
	d.Excerpt = r.number(t, "defaults", "excerpt", d.Excerpt, 0, 1000)
}

// jobs reads what the daemon does at set times. A key that is empty is never.
func (r *reader) jobs(t *value) {
	r.keys(t, "jobs", "backup", "prune", "digest")
	j := &r.cfg.Jobs
	j.Backup = strings.TrimSpace(r.text(t, "jobs", "backup", j.Backup))
	j.Prune = strings.TrimSpace(r.text(t, "jobs", "prune", j.Prune))
	j.Digest = strings.TrimSpace(r.text(t, "jobs", "digest", j.Digest))
}
