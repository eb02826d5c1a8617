package clean

import (
	"net/url"
	"path"
	"sort"
	"strings"
)

// sources are parameters that tell copies of one address apart and nothing
// else, nearly always: the list of Media Cloud, and trackers that are not sure
// enough to be taken out of a link that is shown.
var sources = map[string]bool{
	"ref": true, "source": true, "cid": true, "sid": true, "partner": true,
	"cmp": true, "smid": true, "ref_src": true, "maca": true,
}

// Key is what two spellings of one address share: no scheme, no www., m. or
// amp., no AMP path, no default port, no fragment but "#!", no slash at the end,
// parameters in order and without sources. It is for comparing only: it need
// not lead anywhere.
func Key(link string) string {
	u, err := url.Parse(Link(link, ""))
	if err != nil || u.Host == "" {
		return link
	}
	key := keyHost(u) + keyPath(u.EscapedPath()) + "?" + keyQuery(u.RawQuery)
	if strings.HasPrefix(u.Fragment, "!") {
		key += "#" + u.EscapedFragment()
	}
	return key
}

// keys remember what Key has answered: most items of a feed link to its pages.
// Nil remembers nothing.
type keys map[string]string

func (k keys) of(link string) string {
	key, ok := k[link]
	if !ok {
		key = Key(link)
		if k != nil {
			k[link] = key
		}
	}
	return key
}

// keyHost leaves a name with a dot: m.com is no page of com.
func keyHost(u *url.URL) string {
	host := strings.TrimSuffix(u.Hostname(), ".")
	for _, p := range []string{"www.", "m.", "mobile.", "amp."} {
		if rest, ok := strings.CutPrefix(host, p); ok && strings.Contains(rest, ".") {
			host = rest
		}
	}
	port := u.Port()
	if port == "" || u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		return host
	}
	return host + ":" + port
}

// keyPath drops what only asks for the AMP page: /amp/x, /x/amp, x.amp, x.amp.html.
func keyPath(p string) string {
	p = strings.TrimSuffix(strings.TrimRight(p, "/"), "/amp")
	if rest, ok := strings.CutPrefix(p, "/amp/"); ok {
		p = "/" + rest
	}
	p = strings.TrimSuffix(p, ".amp")
	if ext := path.Ext(p); strings.HasSuffix(p, ".amp"+ext) {
		p = strings.TrimSuffix(p, ".amp"+ext) + ext
	}
	return strings.TrimRight(p, "/")
}

func keyQuery(query string) string {
	var pairs []string
	for _, pair := range strings.Split(query, "&") {
		name, v, _ := strings.Cut(strings.ToLower(pair), "=")
		amp := name == "amp" || v == "amp" && (name == "output" || name == "outputtype")
		if pair != "" && !sources[name] && !amp {
			pairs = append(pairs, pair)
		}
	}
	sort.Strings(pairs)
	return strings.Join(pairs, "&")
}
