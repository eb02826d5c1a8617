package clean

import (
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// counters are hosts, with the beginning of a path where they do more than
// count, whose pictures count readers or are advertisements.
var counters = []struct{ domain, path string }{
	{"feedburner.com", "/~"}, {"feedproxy.google.com", "/~"}, {"feedsportal.com", ""}, {"pheedo.com", ""}, {"stats.wordpress.com", ""}, {"pixel.wp.com", ""},
	{"feeds.wordpress.com", "/1.0/"}, {"scorecardresearch.com", ""}, {"doubleclick.net", ""}, {"google-analytics.com", ""},
	{"imageads.googleadservices.com", ""}, {"googlesyndication.com", ""}, {"quantserve.com", ""}, {"amazon-adsystem.com", ""}, {"assoc-amazon.com", ""},
	{"flattr.com", ""}, {"facebook.com", "/tr"}, {"medium.com", "/_/stat"}, {"vgwort.de", ""}, {"ivwbox.de", ""}, {"cpx.golem.de", ""},
	{"xiti.com", ""}, {"mc.yandex.ru", ""}, {"counter.yadro.ru", ""}, {"top-fwz1.mail.ru", ""}, {"chartbeat.net", ""}, {"piwik.pro", ""},
	{"feedads.g.doubleclick.net", ""}, {"analytics.twitter.com", ""}, {"sp.analytics.yahoo.com", ""}, {"counter.theconversation.com", ""},
}

// counts says whether an address is a counter's. Feedburner's also stand below
// its customers' own names, as in feeds.example.org/~r/desk/~4/x.
func counts(src string) bool {
	u, err := url.Parse(src)
	if err != nil {
		return false
	}
	for _, c := range counters {
		if under(u.Host, c.domain) && strings.HasPrefix(u.Path, c.path) {
			return true
		}
	}
	return strings.HasPrefix(u.Host, "feed") && (strings.HasPrefix(u.Path, "/~r/") || strings.HasPrefix(u.Path, "/~ff/"))
}

// pixel says whether a picture is there to count, not to be seen.
func pixel(n *html.Node, src string) bool {
	if counts(src) {
		return true
	}
	for p := n; p != nil; p = p.Parent {
		if hidden(p) {
			return true
		}
	}
	return tiny(n)
}

// tiny says whether a picture is too small to be seen.
func tiny(n *html.Node) bool {
	style := declared(attr(n, "style"))
	width, height := measure(attr(n, "width"), style["width"]), measure(attr(n, "height"), style["height"])
	switch {
	case width == 0 || height == 0:
		return true
	case width == 1:
		return height <= 1
	case height == 1:
		return width <= 1
	}
	return false
}

func hidden(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Namespace == "" && a.Key == "hidden" {
			return true
		}
	}
	style := attr(n, "style")
	if style == "" {
		return false
	}
	d := declared(style)
	return d["display"] == "none" || d["visibility"] == "hidden"
}

// declared are the declarations of a style attribute, as far as semicolons
// tell them apart.
func declared(style string) map[string]string {
	if style == "" {
		return nil
	}
	out := map[string]string{}
	for _, d := range strings.Split(strings.ToLower(style), ";") {
		name, v, _ := strings.Cut(d, ":")
		v = strings.TrimSuffix(strings.TrimSpace(v), "!important")
		out[strings.TrimSpace(name)] = strings.TrimSpace(v)
	}
	return out
}

// measure reads a width or height in pixels, the style's before the
// attribute's; -1 when neither says one.
func measure(attribute, style string) float64 {
	for _, s := range []string{style, attribute} {
		s = strings.TrimSuffix(strings.TrimSpace(s), "px")
		if n, err := strconv.ParseFloat(s, 64); err == nil && n >= 0 {
			return n
		}
	}
	return -1
}
