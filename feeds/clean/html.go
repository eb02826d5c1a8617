package clean

import (
	"errors"
	stdhtml "html"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// kept are the elements that pass, with the attributes they keep. Everything
// else is unwrapped: its content stays, it goes.
var kept = map[atom.Atom]string{
	atom.P: "", atom.Br: "", atom.Hr: "", atom.Div: "", atom.Span: "",
	atom.H1: "", atom.H2: "", atom.H3: "", atom.H4: "", atom.H5: "", atom.H6: "",
	atom.Blockquote: "", atom.Pre: "", atom.Code: "", atom.Kbd: "", atom.Samp: "", atom.Var: "",
	atom.Ul: "", atom.Ol: "start", atom.Li: "", atom.Dl: "", atom.Dt: "", atom.Dd: "",
	atom.Table: "", atom.Caption: "", atom.Thead: "", atom.Tbody: "", atom.Tfoot: "", atom.Tr: "",
	atom.Th: "colspan rowspan", atom.Td: "colspan rowspan",
	atom.Figure: "", atom.Figcaption: "", atom.A: "href title", atom.Img: "src alt title width height",
	atom.B: "", atom.Strong: "", atom.I: "", atom.Em: "", atom.U: "", atom.S: "", atom.Del: "", atom.Ins: "",
	atom.Sub: "", atom.Sup: "", atom.Small: "", atom.Q: "", atom.Cite: "", atom.Abbr: "title", atom.Mark: "",
	atom.Time: "datetime", atom.Bdi: "", atom.Bdo: "", atom.Audio: "src", atom.Video: "src",
}

// dropped go with all they hold: code, frames, controls, what a parser treats
// in a way of its own.
var dropped = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Iframe: true, atom.Object: true, atom.Embed: true, atom.Applet: true,
	atom.Svg: true, atom.Math: true, atom.Template: true, atom.Noscript: true, atom.Noembed: true, atom.Noframes: true,
	atom.Xmp: true, atom.Plaintext: true, atom.Listing: true, atom.Title: true, atom.Meta: true, atom.Link: true,
	atom.Base: true, atom.Frame: true, atom.Frameset: true, atom.Input: true, atom.Select: true, atom.Button: true,
	atom.Textarea: true, atom.Option: true, atom.Canvas: true, atom.Param: true, atom.Source: true, atom.Track: true,
	atom.Map: true, atom.Area: true, atom.Dialog: true, atom.Menu: true, atom.Datalist: true, atom.Isindex: true,
}

// codelike are elements the parser has no atom for and browsers read as code.
func codelike(name string) bool {
	return strings.Contains(name, ":script") || name == "fencedframe" || name == "portal"
}

// blocks end a line of text.
var blocks = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true,
	atom.Blockquote: true, atom.Pre: true, atom.Ul: true, atom.Ol: true, atom.Li: true, atom.Dl: true, atom.Dt: true,
	atom.Dd: true, atom.Table: true, atom.Caption: true, atom.Tr: true, atom.Th: true, atom.Td: true, atom.Figure: true,
	atom.Figcaption: true, atom.Section: true, atom.Article: true, atom.Header: true, atom.Footer: true, atom.Aside: true,
}

// void elements have no content and no end tag.
var void = map[atom.Atom]bool{atom.Br: true, atom.Hr: true, atom.Img: true}

// errDeep is HTML nested beyond what the parser holds (512 open elements), or of
// more tags than any article has: 200,000 table cells cost half a gigabyte.
var errDeep = errors.New("html: nested too deeply")

const maxTags = 20_000

// parse reads a fragment as it would stand in a body.
func parse(src string) ([]*html.Node, error) {
	if strings.Count(src, "<") > maxTags {
		return nil, errDeep
	}
	at := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	if src != "" && !strings.ContainsAny(src, "<&\x00\r") { // what the parser makes one text of
		n := &html.Node{Type: html.TextNode, Data: src}
		at.AppendChild(n)
		return []*html.Node{n}, nil
	}
	nodes, err := html.ParseFragment(strings.NewReader(src), at)
	if err != nil {
		return nil, errors.Join(errDeep, err)
	}
	for _, n := range nodes {
		at.AppendChild(n) // so that they know their neighbours
	}
	return nodes, nil
}

// maxPasses bounds the search for a form that cleaning leaves alone.
const maxPasses = 6

// HTML cleans a fragment; links start from base. What is taken out may move what
// stays (a table's text, a paragraph in a paragraph), and a second parser must
// see what this one saw: so it is cleaned until nothing changes, and HTML that
// never settles, is nested beyond 512 elements or has more than 20,000 tags becomes
// plain text.
func HTML(src, base string) string {
	return body{}.clean(src, base)
}

// A pass cleans once. It says whether a second would change nothing.
type pass func(src string) (out string, settled bool, err error)

// settle repeats a pass until its output is its input; false: it never is, and
// what comes out is plain text.
func settle(src string, once pass) (string, bool) {
	for range maxPasses {
		out, settled, err := once(src)
		if err != nil {
			break
		}
		if settled || out == src {
			return out, true
		}
		src = out
	}
	return stdhtml.EscapeString(Plain(src)), false
}

// childSource is the first of the addresses that audio and video may have inside.
func childSource(n *html.Node) string {
	for c := range n.ChildNodes() {
		if src := attr(c, "src"); c.DataAtom == atom.Source && src != "" {
			return src
		}
	}
	return ""
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Namespace == "" && a.Key == name {
			return a.Val
		}
	}
	return ""
}

// mailto passes an address without headers: they could fill in a whole letter.
func mailto(v string) (string, bool) {
	if len(v) < 8 || !strings.EqualFold(v[:7], "mailto:") {
		return "", false
	}
	address, _, _ := strings.Cut(v[7:], "?")
	if strings.Count(address, "@") != 1 || strings.ContainsAny(address, "<>\"' \\,;:/%") {
		return "", false
	}
	return "mailto:" + address, true
}
