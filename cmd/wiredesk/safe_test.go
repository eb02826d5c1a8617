package main

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"
)

// A markup is HTML as we publish it: a fragment of a feed, or a whole page of ours.
type markup struct {
	HTML string `json:"html"`
	Page bool   `json:"page"`
}

// rules are what published HTML may hold, told to both parsers. They are written
// out here, not taken from package clean: an element that clean let through by
// mistake would pass with it.
type rules struct {
	Elements  []string `json:"elements"`
	Attrs     []string `json:"attrs"`
	PageOnly  []string `json:"page_only"`  // further elements of our own pages
	PageAttrs []string `json:"page_attrs"` // further attributes of our own pages
	Head      []string `json:"head"`       // of those, the ones that stand in a page's head only
	URLs      []string `json:"urls"`       // attributes that hold an address
}

var published = rules{
	Elements: strings.Fields(`p br hr div span h1 h2 h3 h4 h5 h6 blockquote pre code kbd samp var ul ol li dl dt dd
		table caption thead tbody tfoot tr th td figure figcaption a img b strong i em u s del ins sub sup small q cite abbr
		mark time bdi bdo audio video`),
	Attrs:     strings.Fields("href src alt title width height start colspan rowspan datetime controls lang dir"),
	PageOnly:  strings.Fields("html head body title meta link header main footer section article details summary"),
	PageAttrs: strings.Fields("class id rel type charset name content open scope"),
	Head:      strings.Fields("title meta link"),
	URLs:      strings.Fields("href src action formaction srcset poster data cite background xlink:href"),
}

// shown is m as it is parsed: a fragment stands in a page of its reader, so that
// a tag it leaves open swallows what follows, there as here.
func shown(m markup) markup {
	if !m.Page {
		m.HTML = "<!DOCTYPE html><html><head></head><body><div>" + m.HTML + "</div></body></html>"
	}
	return m
}

// violations reads m with x/net/html and lists what must not be in it.
func violations(m markup) (bad []string) {
	doc, err := html.Parse(strings.NewReader(shown(m).HTML))
	if err != nil {
		return []string{"x/net/html: " + err.Error()}
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			bad = append(bad, elementViolations(n, m.Page)...)
		}
	}
	return bad
}

func elementViolations(n *html.Node, page bool) (bad []string) {
	wrapper := !page && (n.Parent.Type == html.DocumentNode || n.Parent.Data == "html" && n.Parent.Namespace == "")
	switch {
	case n.Namespace != "":
		bad = append(bad, "element "+n.Namespace+":"+n.Data)
	case page && slices.Contains(published.Head, n.Data) && n.Parent.Data != "head":
		bad = append(bad, "element "+n.Data+" outside the head")
	case slices.Contains(published.Elements, n.Data), page && slices.Contains(published.PageOnly, n.Data):
	case wrapper && (n.Data == "html" || n.Data == "head" || n.Data == "body"): // ours, above
	default:
		bad = append(bad, "element "+n.Data)
	}
	for _, a := range n.Attr {
		name := a.Key
		if a.Namespace != "" {
			name = a.Namespace + ":" + a.Key
		}
		if !slices.Contains(published.Attrs, name) && !(page && slices.Contains(published.PageAttrs, name)) {
			bad = append(bad, "attribute "+name)
		}
		if slices.Contains(published.URLs, name) && foreignScheme(a.Val) {
			bad = append(bad, "scheme of "+name+"="+a.Val)
		}
	}
	return bad
}

var schemeOf = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.\-]*):`)

// foreignScheme says whether an address names a scheme we do not publish, once
// controls and blanks are out of it, as browsers take them out.
func foreignScheme(address string) bool {
	bare := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, address)
	m := schemeOf.FindStringSubmatch(bare)
	return m != nil && !slices.Contains([]string{"http", "https", "mailto"}, strings.ToLower(m[1]))
}

// html5libScript is the second reader: the same rules by another parser, written
// in another language from the same specification. A line in, a line out.
const html5libScript = `
import html5lib, json, re, sys, unicodedata
lines = sys.stdin.buffer
rules = json.loads(lines.readline())
elements, attrs, urls, head = (set(rules[k]) for k in ("elements", "attrs", "urls", "head"))
page_elements, page_attrs = elements | set(rules["page_only"]), attrs | set(rules["page_attrs"])
prefix = {"http://www.w3.org/1999/xlink": "xlink:", "http://www.w3.org/XML/1998/namespace": "xml:", "http://www.w3.org/2000/xmlns/": "xmlns:"}
def name_of(n):
    if isinstance(n, tuple): n = "{%s}%s" % (n[0], n[1])
    if n.startswith("{"):
        ns, local = n[1:].split("}", 1)
        return prefix.get(ns, ns + ":") + local
    return n
def foreign(v):
    bare = "".join(c for c in v if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf"))
    m = re.match(r"([A-Za-z][A-Za-z0-9+.\-]*):", bare)
    return bool(m) and m.group(1).lower() not in ("http", "https", "mailto")
def walk(el, page, parent, bad):
    for c in el:
        if not isinstance(c.tag, str): continue
        name = name_of(c.tag)
        if page and name in head and parent != "head": bad.append("element %s outside the head" % name)
        elif not page and parent == "html" and name in ("head", "body"): pass
        elif name not in (page_elements if page else elements): bad.append("element " + name)
        for k, v in c.attrib.items():
            k = name_of(k)
            if k not in (page_attrs if page else attrs): bad.append("attribute " + k)
            if k in urls and foreign(v): bad.append("scheme of %s=%s" % (k, v))
        walk(c, page, name, bad)
sys.setrecursionlimit(10000)
for line in lines:
    m = json.loads(line)
    bad = []
    try:
        root = html5lib.parse(m["html"], treebuilder="etree", namespaceHTMLElements=False)
        walk(root, m["page"], "html", bad)
    except Exception as e:
        bad.append("html5lib: %r" % e)
    print(json.dumps(bad))
`

// html5lib reads all ms with python3-html5lib.
func html5lib(t *testing.T, ms []markup) [][]string {
	t.Helper()
	return startHTML5lib(t, ms)()
}

// startHTML5lib reads all ms in one process; the function it returns waits for
// the answers.
func startHTML5lib(t *testing.T, ms []markup) func() [][]string {
	t.Helper()
	python := "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import html5lib").Run(); err != nil {
		missing(t, "python3-html5lib is not installed")
	}
	var in, out, errs bytes.Buffer
	enc := json.NewEncoder(&in)
	if err := enc.Encode(published); err != nil {
		t.Fatal(err)
	}
	for _, m := range ms {
		if err := enc.Encode(shown(m)); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), python, "-c", html5libScript)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &in, &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return func() (all [][]string) {
		t.Helper()
		if err := cmd.Wait(); err != nil {
			t.Fatalf("html5lib: %v\n%s", err, errs.String())
		}
		for dec := json.NewDecoder(&out); dec.More(); {
			var bad []string
			if err := dec.Decode(&bad); err != nil {
				t.Fatal(err)
			}
			all = append(all, bad)
		}
		if len(all) != len(ms) {
			t.Fatalf("html5lib answered %d of %d", len(all), len(ms))
		}
		return all
	}
}

// TestTheCheckerSeesBadHTML: an oracle that cannot say no proves nothing.
func TestTheCheckerSeesBadHTML(t *testing.T) {
	rows := []struct {
		src string
		bad bool
	}{
		{`<p>a &lt;script&gt; <a href="https://a.example/">b</a> <a href="mailto:a@b.example">c</a><img src="x.jpg" alt=""/></p>`, false},
		{`<table><tbody><tr><td colspan="2">x</td></tr></tbody></table><br><pre lang="ar" dir="rtl">y</pre>`, false},
		{`a javascript:alert(1) onclick=x`, false},
		{`<script>alert(1)</script>`, true},
		{`<p onclick="x()">a</p>`, true},
		{`<p style="x">a</p>`, true},
		{`<p class="x">a</p>`, true},
		{`<a href="javascript:alert(1)">a</a>`, true},
		{"<a href=\"java\nscript:alert(1)\">a</a>", true},
		{"<a href=\"\x01 JaVaScRiPt&#58;alert(1)\">a</a>", true},
		{`<img src="data:image/svg+xml,x">`, true},
		{`<q cite="vbscript:x">a</q>`, true},
		{`<iframe srcdoc="x"></iframe>`, true},
		{`<svg><a xlink:href="javascript:1">x</a></svg>`, true},
		{`<math><mtext></mtext></math>`, true},
		{`<form><input></form>`, true},
		{`<object data="x"></object><embed>`, true},
		{`<link rel="stylesheet" href="x"><meta http-equiv="refresh"><base href="x">`, true},
		{`<img src=x onerror=alert(1)//`, true}, // the reader's next tag ends it
		{`<img/src="x"/onerror="alert(1)">`, true},
		{`<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>`, true},
	}
	var ms []markup
	for _, row := range rows {
		ms = append(ms, markup{HTML: row.src}, markup{HTML: "<!DOCTYPE html><html><head><title>t</title></head><body>" + row.src + "</body></html>", Page: true})
	}
	second := html5lib(t, ms)
	for i, m := range ms {
		row := rows[i/2]
		if row.src == `<p class="x">a</p>` && m.Page {
			continue // our own pages have classes
		}
		if got := violations(m); (len(got) > 0) != row.bad {
			t.Errorf("x/net/html of %q: %v, want bad %v", m.HTML, got, row.bad)
		}
		if (len(second[i]) > 0) != row.bad {
			t.Errorf("html5lib of %q: %v, want bad %v", m.HTML, second[i], row.bad)
		}
	}
}
