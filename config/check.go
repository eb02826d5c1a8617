package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// storyWindow is how far back stories are told together (DESIGN 7): items must
// be kept at least as long.
const storyWindow = 14 * 24 * time.Hour

// etiquette is the interval below which polling bothers an origin.
const etiquette = 15 * time.Minute

// check finds what single values cannot show: missing keys, references,
// intervals against their floor, doubtful lists.
func (r *reader) check() {
	r.checkSite()
	r.checkFolders()
	r.checkDefaults()
	known := r.index()
	r.checkSources(known)
	r.checkTopics(known)
	for _, e := range r.cfg.Editions {
		r.checkEdition(e, known)
	}
	r.checkWas()
	if len(r.cfg.Editions) == 0 && !r.tried["editions"] {
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

// tagURI is the authority and date of RFC 4151 section 2.1: a domain name or
// an e-mail address, and a day, month or year.
var tagURI = regexp.MustCompile(`^([A-Za-z0-9._-]+@)?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*` +
	`,\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$`)

func (r *reader) checkSite() {
	s := &r.cfg.Site
	if s.Title == "" {
		r.want("site.title", `write title = "…"`, "site.title is missing")
	}
	r.checkBase(s.BaseURL)
	switch {
	case s.Tag == "":
		r.want("site.tag", `write tag = "news.example.org,2026": a name you own, and a year in which you did (RFC 4151)`, "site.tag is missing")
	case !tagURI.MatchString(s.Tag):
		r.fail(r.at("site.tag"), `write tag = "news.example.org,2026": a name you own, and a year in which you did (RFC 4151)`, "site.tag must be a name and a date, not %q", s.Tag)
	}
	if s.Contact == "" {
		r.want("site.contact", `write contact = "mailto:desk@example.org"`, "site.contact is missing: origins must know whom to write to")
	}
	if _, port, err := net.SplitHostPort(s.Listen); err != nil || !isPort(port, 0) {
		r.fail(r.at("site.listen"), `write listen = "127.0.0.1:8080"`, "site.listen: %q is no host and port", s.Listen)
	}
	if s.WebSub && !strings.HasPrefix(s.BaseURL, "https://") {
		r.fail(r.at("site.websub"), "leave it out, or give the site an https address that hubs can reach", "site.websub needs a base_url with https")
	}
	for i, n := range s.AllowNetworks {
		if !isNetwork(n) {
			r.fail(r.at(fmt.Sprintf("site.allow_networks[%d]", i)), `write a prefix, as in "127.0.0.1/32:8080"`, "site.allow_networks: %q is no network", n)
		}
	}
}

// want says that a required key is missing, unless its value was wrong and has
// been spoken of.
func (r *reader) want(path, help, msg string) {
	if !r.wrong[path] {
		r.fail(r.at(path), help, "%s", msg)
	}
}

// checkBase never repeats a password.
func (r *reader) checkBase(base string) {
	const help = `write base_url = "https://news.example.org"`
	u, err := url.Parse(base)
	switch {
	case base == "":
		r.want("site.base_url", help, "site.base_url is missing")
	case err == nil && u.User != nil:
		r.fail(r.at("site.base_url"), help, "site.base_url holds a password: it would stand in every link")
	case !isWeb(u, err) || u.RawQuery != "" || u.Fragment != "":
		r.fail(r.at("site.base_url"), help, "site.base_url must be a whole http or https address, not %q", base)
	}
}

// isWeb says whether an address parsed as http or https with a host.
func isWeb(u *url.URL, err error) bool {
	return err == nil && u.Hostname() != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// isNetwork says whether n is a prefix with or without a port, as in
// "127.0.0.1/32:8080".
func isNetwork(n string) bool {
	prefix := n
	if slash := strings.LastIndexByte(n, '/'); slash >= 0 {
		bits, port, has := strings.Cut(n[slash:], ":")
		if has && !isPort(port, 1) {
			return false
		}
		prefix = n[:slash] + bits
	}
	p, err := netip.ParsePrefix(prefix)
	return err == nil && !p.Addr().Is4In6()
}

// isPort says whether s is a port number from lo up.
func isPort(s string, lo uint64) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n >= lo
}

// checkFolders keeps the database out of the folder that a web server shows.
func (r *reader) checkFolders() {
	s := &r.cfg.Site
	if s.Static == "" {
		return
	}
	in, err := filepath.Rel(filepath.Join(r.dir, s.Static), filepath.Join(r.dir, s.Data))
	if filepath.IsAbs(s.Static) || filepath.IsAbs(s.Data) {
		in, err = filepath.Rel(s.Static, s.Data) // an error when only one is: then nothing is known
	}
	if err == nil && in != ".." && !strings.HasPrefix(in, ".."+string(filepath.Separator)) {
		r.fail(r.at("site.static"), `write static = "public"`, "site.static: the data directory %q lies in it and would be published", s.Data)
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
		r.fail(r.at("defaults.keep_matched"), "what belongs to a topic is kept at least as long as the rest", "defaults.keep_matched is shorter than keep")
	}
}

// onLoopback says whether every source is on this machine: then nobody else is
// bothered.
func (r *reader) onLoopback() bool {
	return !slices.ContainsFunc(r.cfg.Sources, func(s *Source) bool {
		u, err := url.Parse(s.URL)
		if err != nil {
			return true
		}
		addr, err := netip.ParseAddr(u.Hostname())
		return err != nil || !addr.IsLoopback()
	})
}

// floor holds an interval against min_fetch. A cron expression is held against
// it when polled.
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
