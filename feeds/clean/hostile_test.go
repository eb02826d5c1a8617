package clean

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// violations are tags, attributes and schemes that must not pass, seen by
// parsing what passed once more.
func violations(t testing.TB, out string) (bad []string) {
	t.Helper()
	nodes, err := parse(out)
	if err != nil {
		return []string{err.Error()}
	}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			if _, ok := kept[n.DataAtom]; !ok || n.Namespace != "" {
				bad = append(bad, "<"+n.Data+">")
			}
			for _, a := range n.Attr {
				allowed := " " + kept[n.DataAtom] + " lang dir controls "
				if !strings.Contains(allowed, " "+a.Key+" ") {
					bad = append(bad, a.Key)
				}
				if (a.Key == "href" || a.Key == "src") && !strings.HasPrefix(a.Val, "http://") && !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "mailto:") {
					bad = append(bad, a.Val)
				}
			}
		} else if n.Type != html.TextNode {
			bad = append(bad, "a node that is neither element nor text")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	for _, n := range nodes {
		walk(n)
	}
	return bad
}

// A vector is one hostile input of the shared data.
type vector struct{ id, input string }

// vectors reads the "input", "text" or "b64" of each line of a file of JSON lines.
func vectors(t testing.TB, path string) (out []vector) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var v struct {
			ID, Name, Input, Text string
			B64                   []byte
		}
		if json.Unmarshal(line, &v) != nil {
			out = append(out, vector{"a broken line", string(line)}) // it has lost its U+2028; it is a vector all the same
			continue
		}
		out = append(out, vector{v.ID + v.Name, v.Input + v.Text + string(v.B64)})
	}
	return out
}

// treeTests are the #data sections of the html5lib tests: documents that parsers
// read each in its own way.
func treeTests(t testing.TB, dir string) (out []vector) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.dat"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range strings.Split("\n"+string(text), "\n#data\n")[1:] {
			input, _, _ := strings.Cut(test, "\n#errors")
			out = append(out, vector{filepath.Base(path), input})
		}
	}
	return out
}

// urlTests are the inputs of the WHATWG's tests of addresses.
func urlTests(t testing.TB, path string) (out []vector) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var tests []json.RawMessage
	if err := json.Unmarshal(text, &tests); err != nil {
		t.Fatal(err)
	}
	for _, raw := range tests {
		var v struct{ Input string }
		if json.Unmarshal(raw, &v) == nil { // the rest are comments
			out = append(out, vector{"url", v.Input})
		}
	}
	return out
}

// checkHTML: what passes holds nothing but what the allow-list names, and passes
// unchanged.
func checkHTML(t *testing.T, id, input string) {
	t.Helper()
	out := HTML(input, base)
	if bad := violations(t, out); len(bad) > 0 {
		t.Errorf("%s: %v in %q of %q", id, bad, out, input)
	}
	if again := HTML(out, base); again != out {
		t.Errorf("%s: cleaned twice:\n%q\n%q", id, out, again)
	}
}

// checkLink: an address of the web or nothing, itself when read again, and with
// the key of what it came from.
func checkLink(t *testing.T, id, input string) {
	t.Helper()
	link := Link(input, base)
	if link == "" {
		return
	}
	if !strings.HasPrefix(link, "http://") && !strings.HasPrefix(link, "https://") {
		t.Errorf("%s: %q passes as %q", id, input, link)
	}
	if again := Link(link, ""); again != link {
		t.Errorf("%s: %q: %q, then %q", id, input, link, again)
	}
	if l := Link(input, ""); l != "" && Key(l) != Key(input) {
		t.Errorf("%s: %q has the key %q, its link %q", id, input, Key(input), Key(l))
	}
	if strings.ContainsAny(link, "<>\"` \n") {
		t.Errorf("%s: %q could leave its attribute", id, link)
	}
}

func TestNoVectorPasses(t *testing.T) {
	all := vectors(t, shared(t, "hostile", "xss", "vectors.jsonl"))
	if t.Logf("%d vectors", len(all)); len(all) < 2000 {
		t.Errorf("%d vectors: not the set", len(all))
	}
	for _, v := range all {
		checkHTML(t, v.id, v.input)
		checkLink(t, v.id, v.input)
	}
}

func TestNoDocumentOfTheParserTestsPasses(t *testing.T) {
	dir := shared(t, "hostile", "html5lib")
	all := append(treeTests(t, dir), vectors(t, filepath.Join(dir, "gofuzz_html.jsonl"))...)
	if t.Logf("%d documents", len(all)); len(all) < 1500 {
		t.Errorf("%d documents: not the set", len(all))
	}
	for _, v := range all {
		checkHTML(t, v.id, v.input)
	}
}

func TestHostileAddresses(t *testing.T) {
	dir := shared(t, "hostile", "ssrf")
	all := append(urlTests(t, filepath.Join(dir, "urltestdata.json")), vectors(t, filepath.Join(dir, "gofuzz_url.jsonl"))...)
	if t.Logf("%d addresses", len(all)); len(all) < 900 {
		t.Errorf("%d addresses: not the set", len(all))
	}
	for _, v := range all {
		checkLink(t, v.id, v.input)
	}
}

// seeds are a twentieth of the hostile sets, where they are, as a fuzzer's first
// inputs: with all of them ten seconds would pass before it tries one of its own.
func seeds(f *testing.F, read func(testing.TB, string) []vector, parts ...string) {
	path := dataPath(append([]string{"hostile"}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		return
	}
	for i, v := range read(f, path) {
		if i%20 == 0 {
			f.Add(v.input)
		}
	}
}

func FuzzHTML(f *testing.F) {
	for _, s := range []string{"<p>a", "<table><p>x<tr><td>y", "<a href=x><div><a href=y>", "<pre>\n\n", "<svg><p>", "<b><p></b>x", "<math><mi><table>", "&lt;script&gt;",
		"<picture><source srcset='a.jpg 2x, b,c.jpg 640w'><img></picture>", "<img src=data:x><noscript><img src=/y></noscript>"} {
		f.Add(s)
	}
	seeds(f, vectors, "xss", "vectors.jsonl")
	seeds(f, treeTests, "html5lib")
	f.Fuzz(func(t *testing.T, s string) {
		checkHTML(t, "fuzz", s)
		checkSettled(t, settling, s)
	})
}

func FuzzLink(f *testing.F) {
	for _, s := range []string{"https://a.example/?utm_source=x#y", "//x\\y", "https://google.com/url?q=https://google.com/amp/s/b.example", "http://ü.example/%#%"} {
		f.Add(s)
	}
	seeds(f, urlTests, "ssrf", "urltestdata.json")
	seeds(f, vectors, "ssrf", "gofuzz_url.jsonl")
	seeds(f, vectors, "xss", "vectors.jsonl")
	f.Fuzz(func(t *testing.T, s string) { checkLink(t, "fuzz", s) })
}
