package clean

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// image writes a picture by its real address. Pages that load pictures late
// hold it in another attribute, another element or for readers without scripts
// only, with a placeholder in src.
func (w *writer) image(n *html.Node) {
	src := w.source(n)
	if src == "" || pixel(n, src) {
		w.skip[n] = true
		return
	}
	raw := attr(n, "alt")
	alt := Plain(raw)
	if alt != raw {
		w.moved = true
	}
	attrs := w.attributes(n, []html.Attribute{{Key: "src", Val: src}, {Key: "alt", Val: alt}}, "title width height")
	w.start(n, attrs)
	if n.Attr = attrs; tiny(n) || Plain(alt) != alt { // now that it has no style
		w.doubt = true
	}
}

// Attributes that late loaders keep the address in: those that stand for src,
// and those that name a larger copy beside a good one.
var (
	lazy    = []string{"data-src", "data-original", "data-lazy-src", "data-lazy", "data-actualsrc", "data-hi-res-src"}
	larger  = []string{"data-orig-file", "data-large-file", "data-image", "data-full-url"}
	srcsets = []string{"srcset", "data-srcset", "data-lazy-srcset"}
)

// source is the best address of a picture; "" when it has none but a placeholder.
func (w *writer) source(n *html.Node) string {
	if src := w.named(n, lazy); src != "" {
		return src
	}
	if src := w.named(n, []string{"src"}); src != "" {
		return src
	}
	if src := w.widest(n); src != "" {
		return src
	}
	if p := n.Parent; p != nil && p.DataAtom == atom.Picture {
		for c := range p.ChildNodes() {
			if src := w.widest(c); c.DataAtom == atom.Source && src != "" {
				return src
			}
		}
	}
	if src := w.named(n, larger); src != "" {
		return src
	}
	return w.fallback(n)
}

func (w *writer) named(n *html.Node, names []string) string {
	for _, name := range names {
		v := attr(n, name)
		if !strings.ContainsAny(v, "/.") { // data-lazy="1"
			continue
		}
		if src := w.link(v); src != "" && !placeholder(src) {
			return src
		}
	}
	return ""
}

// widest is the largest candidate of the first srcset that has one.
func (w *writer) widest(n *html.Node) string {
	for _, name := range srcsets {
		best, most := "", -1.0
		for _, c := range candidates(attr(n, name)) {
			if c.size <= most {
				continue
			}
			if src := w.link(c.address); src != "" && !placeholder(src) {
				best, most = src, c.size
			}
		}
		if best != "" {
			return best
		}
	}
	return ""
}

// fallback is the picture for readers without scripts, in the noscript that
// follows a placeholder. The parser keeps what stands there as text.
func (w *writer) fallback(n *html.Node) string {
	if p := n.Parent; p != nil && p.DataAtom == atom.Picture {
		n = p
	}
	next := n.NextSibling
	for next != nil && next.Type == html.TextNode && strings.TrimSpace(next.Data) == "" {
		next = next.NextSibling
	}
	if next == nil || next.DataAtom != atom.Noscript || next.FirstChild == nil {
		return ""
	}
	nodes, err := parse(next.FirstChild.Data)
	if err != nil {
		return ""
	}
	img := findImage(nodes)
	if img == nil {
		return ""
	}
	for _, names := range [][]string{{"src"}, lazy} {
		if src := w.named(img, names); src != "" && !pixel(img, src) {
			return src
		}
	}
	return ""
}

// placeholder says whether an address is what late loaders show first.
func placeholder(src string) bool {
	file := strings.ToLower(src[strings.LastIndexByte(src, '/')+1:])
	for _, name := range []string{"placeholder", "blank.", "spacer.", "transparent.", "1x1.", "lazyload", "loading.gif"} {
		if strings.HasPrefix(file, name) {
			return true
		}
	}
	return strings.Contains(src, "/lazyload/") || strings.Contains(src, "/lazy-load/")
}

// findImage is the first picture of a fragment; nil when it has none.
func findImage(nodes []*html.Node) *html.Node {
	for _, n := range nodes {
		if n.DataAtom == atom.Img {
			return n
		}
		for d := range n.Descendants() {
			if d.DataAtom == atom.Img {
				return d
			}
		}
	}
	return nil
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
	return imageIn(nodes)
}

func imageIn(nodes []*html.Node) string {
	img := findImage(nodes)
	if img == nil {
		return ""
	}
	return attr(img, "src")
}
