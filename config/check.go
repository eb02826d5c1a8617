package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// storyWindow is how far back stories are told together (DESIGN 7): items must
// be kept at least as long.
const storyWindow = 14 * 24 * time.Hour

// etiquette is the interval below which polling bothers an origin.
const etiquette = 15 * time.Minute

var reserved = []string{"status", "sources", "feeds", "metrics", "healthz", "readyz", "why", "api"}

// check finds what single values cannot show: missing keys, references,
// intervals against their floor, doubtful lists.
func (r *reader) check() {
	r.checkSite()
	r.checkDefaults()
	r.checkSources()
	for _, t := range r.cfg.Topics {
		r.checkTopic(t)
	}
	for _, e := range r.cfg.Editions {
		r.checkEdition(e)
	}
	if len(r.cfg.Editions) == 0 {
		r.fail(r.at("site"), "write [editions.NAME] with topics = [\"…\"]", "there is no edition: nothing would be published")
	}
}

// at is the place of a value, of the table around it, or of the file's start.
func (r *reader) at(path string) span {
	for {
		if s, ok := r.cfg.places[path]; ok {
			return s
		}
		if s, ok := r.cfg.places["table:"+path]; ok {
			return s
		}
		i := strings.LastIndexByte(path, '.')
		if i < 0 {
			return span{file: &file{name: r.cfg.File}}
		}
		path = path[:i]
	}
}

var tagURI = regexp.MustCompile(`^[a-zA-Z0-9.@_-]+,\d{4}(-\d{2}(-\d{2})?)?$`)

func (r *reader) checkSite() {
	s := &r.cfg.Site
	if s.Title == "" {
		r.fail(r.at("site.title"), `write title = "…"`, "site.title is missing")
	}
	if u, err := url.Parse(s.BaseURL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
		r.fail(r.at("site.base_url"), `write base_url = "https://news.example.org"`, "site.base_url must be a whole http or https address, not %q", s.BaseURL)
	}
	if !tagURI.MatchString(s.Tag) {
		r.fail(r.at("site.tag"), `write tag = "news.example.org,2026": a name you own, and a year in which you did (RFC 4151)`, "site.tag must be a name and a date, not %q", s.Tag)
	}
	if s.Contact == "" {
		r.fail(r.at("site.contact"), `write contact = "mailto:desk@example.org"`, "site.contact is missing: origins must know whom to write to")
	}
	if _, _, err := net.SplitHostPort(s.Listen); err != nil {
		r.fail(r.at("site.listen"), `write listen = "127.0.0.1:8080"`, "site.listen: %q is no host and port", s.Listen)
	}
	for i, n := range s.AllowNetworks {
		prefix := n
		if slash := strings.IndexByte(n, '/'); slash >= 0 {
			if colon := strings.IndexByte(n[slash:], ':'); colon >= 0 {
				prefix = n[:slash+colon]
			}
		}
		if _, err := netip.ParsePrefix(prefix); err != nil {
			r.fail(r.at(fmt.Sprintf("site.allow_networks[%d]", i)), `write a prefix, as in "127.0.0.1/32:8080"`, "site.allow_networks: %q is no network", n)
		}
	}
}

func (r *reader) checkDefaults() {
	d := &r.cfg.Defaults
	if d.MinFetch < etiquette && !r.onLoopback() {
		r.warn(r.at("defaults.min_fetch"), "for feeds of your own only", "defaults.min_fetch is under %s: origins may block you", short(etiquette))
	}
	r.floor("defaults", d.Fetch)
	if d.Keep < storyWindow {
		r.fail(r.at("defaults.keep"), "write at least 14d", "defaults.keep is under the story window of 14d")
	}
	if d.KeepMatched < d.Keep {
		r.fail(r.at("defaults.keep_matched"), "", "defaults.keep_matched is shorter than keep")
	}
}

// onLoopback says whether every source is on this machine: then nobody else is
// bothered.
func (r *reader) onLoopback() bool {
	for _, s := range r.cfg.Sources {
		u, err := url.Parse(s.URL)
		if err != nil {
			return false
		}
		addr, err := netip.ParseAddr(u.Hostname())
		if err != nil || !addr.IsLoopback() {
			return false
		}
	}
	return true
}

func (r *reader) floor(path string, s Schedule) {
	if s.Every != 0 && s.Every < r.cfg.Defaults.MinFetch {
		r.fail(r.at(path+".fetch"), "write \"every "+short(r.cfg.Defaults.MinFetch)+"\" or longer",
			"%s.fetch: every %s is under min_fetch = %q", path, short(s.Every), short(r.cfg.Defaults.MinFetch))
	}
}

// short writes a duration as the file does.
func short(d time.Duration) string {
	switch {
	case d%units['d'] == 0:
		return fmt.Sprintf("%dd", d/units['d'])
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	default:
		return fmt.Sprintf("%ds", d/time.Second)
	}
}

const maxSources = 20_000

func (r *reader) checkSources() {
	if len(r.cfg.Sources) > maxSources {
		r.fail(r.at("sources"), "", "%d sources are over the limit of %d", len(r.cfg.Sources), maxSources)
	}
	topics, byURL := r.topicIDs(), map[string]string{}
	for _, s := range r.cfg.Sources {
		path := "sources." + s.ID
		r.checkURL(path, s.URL)
		r.floor(path, s.Fetch)
		r.refer(path+".home", s.Home, "topic", topics)
		r.refer(path+".take", s.Take, "topic", topics)
		if s.Lang != "" && !validLang.MatchString(strings.ToLower(strings.SplitN(s.Lang, "-", 2)[0])) {
			r.fail(r.at(path+".lang"), `write a code, as in "en" or "ar"`, "%s.lang: %q is no language", path, s.Lang)
		}
		if other, twice := byURL[s.URL]; twice && s.URL != "" {
			r.warn(r.at(path+".url"), "take one of them out", "%s has the address of sources.%s", path, other)
		}
		byURL[s.URL] = s.ID
	}
}

// checkURL never repeats an address: it may be a secret.
func (r *reader) checkURL(path, raw string) {
	if raw == "" {
		return // said already
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		r.fail(r.at(path+".url"), `write the whole address, as in "https://example.org/feed/"`, "%s.url is no http or https address", path)
	case u.User != nil && r.cfg.places[path+".url"].file != nil:
		r.fail(r.at(path+".url"), `put the address into a file and write url_file = "…"`, "%s.url holds a password", path)
	}
}

func (r *reader) topicIDs() (ids []string) {
	for _, t := range r.cfg.Topics {
		ids = append(ids, t.ID)
	}
	return ids
}

func (r *reader) sourceIDs() (ids []string) {
	for _, s := range r.cfg.Sources {
		ids = append(ids, s.ID)
	}
	return ids
}

// refer checks that a name stands for something.
func (r *reader) refer(path, name, kind string, known []string) {
	if name == "" || contains(known, name) {
		return
	}
	help := ""
	if n := nearest(name, known); n != "" {
		help = fmt.Sprintf("did you mean %q?", n)
	}
	if len(known) > 0 && len(known) <= 12 {
		help = strings.TrimSpace(help + " " + kind + "s: " + strings.Join(known, ", "))
	}
	r.fail(r.at(path), help, "%s: no %s %q", path, kind, name)
}
