package clean

import (
	"net/url"
	"path"
	"slices"
	"sort"
	"strings"
)

// trackers are parameters that only say where a reader came from, by their
// vendors' own documentation. A name with a * is a prefix.
var trackers = []string{
	"utm_*", "mtm_*", "pk_*", "piwik_*", "hsa_*", "vero_*", "oly_*", "_hsenc", "_hsmi", "__hs*", "fbclid", "gclid", "gclsrc",
	"gbraid", "wbraid", "dclid", "msclkid", "yclid", "ysclid", "twclid", "ttclid", "igshid", "li_fat_id", "mc_cid", "mc_eid",
	"mkt_tok", "at_medium", "at_campaign", "at_custom*", "ns_campaign", "ns_mchannel", "ns_source", "ns_linkname", "wt_mc", "wt_zmc",
	"xtor", "cmpid", "ncid", "smid", "ito", "_ga", "_gl", "s_cid", "rb_clickid", "traffic_source", "feature_source",
}

// maxLink is the longest address that passes.
const maxLink = 4096

// Link is an address as it may be shown: absolute, http or https, without user
// and password, without trackers, unwrapped from redirectors that carry their
// target. "" for everything else.
func Link(raw, base string) string {
	raw = strings.Trim(Plain(raw), " ")
	if raw == "" || len(raw) > maxLink {
		return ""
	}
	raw = strings.ReplaceAll(raw, "&amp;", "&")
	for range 3 { // a wrapped redirector may stand in another
		u := resolve(strings.ReplaceAll(raw, " ", "%20"), base)
		if u == nil || !web(u) {
			return ""
		}
		u.User = nil
		untrack(u)
		target := unwrap(u)
		if target == "" {
			return tidy(u)
		}
		raw = target
	}
	return ""
}

func web(u *url.URL) bool {
	u.Scheme = strings.ToLower(u.Scheme)
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && !strings.ContainsAny(u.Host, "<>\"'` \\^{}|")
}

// tidy writes an address so that reading it again gives the same one.
func tidy(u *url.URL) string {
	u.Host = strings.ToLower(u.Host)
	s := strings.NewReplacer(`"`, "%22", "'", "%27", "<", "%3C", ">", "%3E", "`", "%60", `\`, "%5C").Replace(u.String())
	if _, err := url.Parse(s); err != nil {
		return ""
	}
	return s
}

// untrack takes trackers out of the query and leaves the rest byte for byte.
func untrack(u *url.URL) {
	if u.RawQuery == "" {
		return
	}
	var keep []string
	for _, pair := range strings.Split(u.RawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if !tracker(strings.ToLower(name)) {
			keep = append(keep, pair)
		}
	}
	u.RawQuery = strings.Join(keep, "&")
	u.ForceQuery = false
}

func tracker(name string) bool {
	return slices.ContainsFunc(trackers, func(t string) bool {
		prefix, star := strings.CutSuffix(t, "*")
		return name == t || star && strings.HasPrefix(name, prefix)
	})
}

// redirectors are hosts and paths that only lead on, with the parameter that
// holds where to.
var redirectors = []struct{ host, path, param string }{
	{"www.google.com", "/url", "url"}, {"www.google.com", "/url", "q"}, {"google.com", "/url", "url"},
	{"l.facebook.com", "/l.php", "u"}, {"lm.facebook.com", "/l.php", "u"}, {"www.facebook.com", "/l.php", "u"},
	{"t.umblr.com", "/redirect", "z"}, {"out.reddit.com", "", "url"}, {"www.youtube.com", "/redirect", "q"},
	{"news.url.google.com", "/url", "url"}, {"slack-redir.net", "/link", "url"}, {"steamcommunity.com", "/linkfilter/", "url"},
	{"vk.com", "/away.php", "to"}, {"l.instagram.com", "/", "u"},
}

// unwrap finds the target a redirector carries; "" when it carries none.
func unwrap(u *url.URL) string {
	for _, r := range redirectors {
		if u.Host == r.host && (r.path == "" || u.Path == r.path) {
			if target := u.Query().Get(r.param); strings.HasPrefix(target, "http") {
				return target
			}
		}
	}
	return ""
}

// sources are parameters that tell copies of one address apart and nothing else.
var sources = map[string]bool{"ref": true, "source": true, "cid": true, "sid": true, "partner": true, "output": true, "outputtype": true}

// Key is what two spellings of one address share. It is for comparing only: it
// need not lead anywhere.
func Key(link string) string {
	u, err := url.Parse(Link(link, ""))
	if err != nil || u.Host == "" {
		return link
	}
	host := strings.ToLower(u.Hostname())
	for _, p := range []string{"www.", "m.", "mobile.", "amp."} {
		host = strings.TrimPrefix(host, p)
	}
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		host += ":" + port
	}
	p := strings.TrimSuffix(strings.TrimSuffix(u.EscapedPath(), "/"), "/amp")
	if ext := path.Ext(p); strings.HasSuffix(p, ".amp"+ext) {
		p = strings.TrimSuffix(p, ".amp"+ext) + ext
	}
	var pairs []string
	for _, pair := range strings.Split(u.RawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if pair != "" && !sources[strings.ToLower(name)] {
			pairs = append(pairs, pair)
		}
	}
	sort.Strings(pairs)
	key := host + p + "?" + strings.Join(pairs, "&")
	if strings.HasPrefix(u.Fragment, "!") {
		key += "#" + u.Fragment
	}
	return key
}
