package clean

import (
	stdhtml "html"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// image writes a picture by its real address. Pages that load pictures late
// hold it in another attribute, with a placeholder in src.
func (w *writer) image(n *html.Node) {
	src := w.source(n)
	if src == "" || pixel(n, src) {
		return
	}
	w.WriteString(`<img src="` + stdhtml.EscapeString(src) + `"`)
	w.WriteString(` alt="` + stdhtml.EscapeString(Plain(attr(n, "alt"))) + `"`)
	w.WriteString(w.attributes(n, "title width height"))
	w.WriteString("/>")
}

// lazy are the attributes that late loaders keep the address in.
var lazy = []string{"data-src", "data-original", "data-lazy-src", "data-orig-file", "data-large-file"}

func (w *writer) source(n *html.Node) string {
	for _, name := range lazy {
		if src := Link(attr(n, name), w.base); src != "" {
			return src
		}
	}
	src := Link(attr(n, "src"), w.base)
	if src != "" && !strings.Contains(src, "placeholder") && !strings.HasSuffix(src, "/blank.gif") {
		return src
	}
	for _, name := range []string{"srcset", "data-srcset", "data-lazy-srcset"} {
		if best := w.largest(attr(n, name)); best != "" {
			return best
		}
	}
	return src
}

// largest is the widest candidate of a srcset.
func (w *writer) largest(srcset string) string {
	best, most := "", -1.0
	for _, candidate := range strings.Split(srcset, ", ") {
		f := strings.Fields(candidate)
		if len(f) == 0 {
			continue
		}
		size := 0.0
		if len(f) > 1 {
			size, _ = strconv.ParseFloat(strings.TrimRight(f[1], "wxh"), 64) // unreadable: the smallest
		}
		if src := Link(strings.TrimSuffix(f[0], ","), w.base); src != "" && size > most {
			best, most = src, size
		}
	}
	return best
}

// counters are hosts whose pictures count readers.
var counters = []string{
	"feeds.feedburner.com/~r/", "feedsportal.com", "stats.wordpress.com", "pixel.wp.com", "b.scorecardresearch.com",
	"doubleclick.net", "google-analytics.com", "pixel.quantserve.com", "flattr.com", "amazon-adsystem.com",
}

// pixel says whether a picture is there to count, not to be seen.
func pixel(n *html.Node, src string) bool {
	tiny := func(name string) bool { v := attr(n, name); return v == "0" || v == "1" || v == "1px" || v == "0px" }
	if tiny("width") && tiny("height") {
		return true
	}
	for _, c := range counters {
		if strings.Contains(src, c) {
			return true
		}
	}
	return false
}

// firstImage is the address of the first picture in clean HTML.
func firstImage(src string) string {
	if !strings.Contains(src, "<img") {
		return ""
	}
	nodes, err := parse(src)
	if err != nil {
		return ""
	}
	for _, n := range nodes {
		for d := range n.Descendants() {
			if d.DataAtom == atom.Img {
				return attr(d, "src")
			}
		}
		if n.DataAtom == atom.Img {
			return attr(n, "src")
		}
	}
	return ""
}
