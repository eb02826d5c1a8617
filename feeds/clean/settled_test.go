package clean

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/wiredesk/wiredesk/feeds"
)

// tree writes out what a parser made, node by node. It sorts attributes, as the
// parser does those of some elements.
func tree(b *strings.Builder, n *html.Node) {
	attrs := slices.SortedFunc(slices.Values(n.Attr), func(a, b html.Attribute) int { return strings.Compare(a.Key, b.Key) })
	fmt.Fprintf(b, "(%d %s %q %q %q", n.Type, n.DataAtom, n.Namespace, n.Data, attrs)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		tree(b, c)
	}
	b.WriteString(")")
}

func trees(nodes []*html.Node) string {
	var b strings.Builder
	for _, n := range nodes {
		tree(&b, n)
	}
	return b.String()
}

// checkSettled: where one pass says that it is enough, a parser makes of what it
// wrote the tree that it left, and a second pass writes, tells and shows the same.
func checkSettled(t *testing.T, b body, src string) (settled bool) {
	t.Helper()
	var told, again []passage
	out, left, settled, err := b.noting(&told).once(src, foldings{}, linkFrom(base))
	if err != nil || !settled {
		return false
	}
	nodes, err := parse(out)
	if err != nil {
		t.Fatalf("%q: %v", src, err)
	}
	if was, is := trees(left), trees(nodes); was != is {
		t.Errorf("%q: written from\n%s\nis read as\n%s", src, was, is)
	}
	if was, is := (view{textOf(left, 0), imageIn(left)}), viewOf(out); was != is {
		t.Errorf("%q: shows %v, then %v", src, was, is)
	}
	second, _, _, err := b.noting(&again).once(out, foldings{}, linkFrom(base))
	if err != nil || second != out {
		t.Errorf("%q: once:\n%q, twice:\n%q (%v)", src, out, second, err)
	}
	it := &feeds.Item{ID: "1"}
	if d := cmp.Diff(b.tell(it, again, nil), b.tell(it, told, nil), cmp.AllowUnexported(telling{})); d != "" {
		t.Errorf("%q: tells %s", src, d)
	}
	return true
}

// scraps are what random documents are made of: what feeds hold, well nested or
// not, and what the rules of cleaning look at.
var scraps = struct{ tags, texts, attrs []string }{
	strings.Fields(`p p p div span a a b i em strong ul ol li li h1 h3 blockquote pre code figure figcaption img img br br br hr
		table tr td dl dt dd section font center script picture source noscript video audio sub q time svg select button form nav tt nobr marquee`),
	[]string{
		"Baker number one opened before dawn. ", "By noon all of its loaves were gone ", "x", " ", "\n", "\n\n", "&nbsp;", "&amp;", "&lt;script&gt;",
		"\u202eodd\u200b", "Photo: Reuters", "Ovens lit again", "The post Ovens lit again appeared first on One.", "عادت الحياة إلى دمشق بعد ساعات",
		"面包店今天早上重新开门", "Don’t “panic”", "calm.Syria d'Alep", "\r\n", "\x00\x08", "\xff", "ﷺ", "<!-- c -->",
		"One is an independent paper made by its readers and by those who write for it each day.",
	},
	[]string{
		`href="/x"`, `href="https://one.example/1?utm_source=a&b=c"`, `href="javascript:1"`, `href="mailto:a@b.example?x"`, `href="https://twitter.com/share?u=1"`,
		`href="https://one.example/"`, `href="https://one.example/ovens"`, `src="/p.jpg"`, `src="data:x"`, `data-src="/q.jpg"`, `srcset="/s.jpg 320w, /l.jpg 1024w"`,
		`alt="By noon all of its loaves were gone"`, "alt=\" x\u202e\"", `title="t &quot;q&quot;"`, `title=" href="`, `alt="Bak&#8;er number one opened before dawn."`, `title="Bak&#8;er number one opened before dawn."`,
		`href="https://one.example/ov&#10;ens"`, `href="https://one.example/ovens?from=x"`, `width="1" height="1.5"`, `width=1 height=1 style="width:800px"`,
		`width="800"`, `style="display:none"`, `hidden`, `lang="ar"`, `dir="RTL"`, `class="c"`, `start="3"`, `datetime=" 2026"`, `href="http://google.com/url?q=https%3A%2F%2Ftwo.example%2F"`,
	},
}

// scrap makes a random document; every third is not well nested.
func scrap(r *rand.Rand) string {
	one := func(of []string) string { return of[r.IntN(len(of))] }
	var b strings.Builder
	var open []string
	wild := r.IntN(3) == 0
	for range 1 + r.IntN(30) {
		switch k := r.IntN(10); {
		case k < 4 || k > 7 && len(open) == 0:
			b.WriteString(one(scraps.texts))
		case k < 8:
			tag := one(scraps.tags)
			b.WriteString("<" + tag)
			for r.IntN(2) == 0 {
				b.WriteString(" " + one(scraps.attrs))
			}
			b.WriteString(">")
			if tag != "br" && tag != "img" && tag != "hr" {
				open = append(open, tag)
			}
		default:
			i := len(open) - 1
			if wild {
				i = r.IntN(len(open))
			}
			b.WriteString("</" + open[i] + ">")
			open = append(open[:i], open[i+1:]...)
		}
	}
	for i := len(open) - 1; i >= 0 && !wild; i-- {
		b.WriteString("</" + open[i] + ">")
	}
	return b.String()
}

var settling = body{titled: foldingOf("Ovens lit again"), own: Key("https://one.example/ovens"), site: "https://one.example/"}

func TestASecondPassIsLeftOutOnlyWhereItChangesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	settled, all := 0, 20_000
	if testing.Short() {
		all = 2_000
	}
	ruled := settling
	ruled.rules = rules(t)
	for _, s := range []string{ // cleaning once shows these to the rules for repeats
		`<p>Baker number one opened before dawn.</p><img src="/p.jpg" alt="Bak&#8;er number one opened before dawn.">`,
		`<p>Baker number one opened before dawn.</p><img src="/p.jpg" title="Bak&#8;er number one opened before dawn.">`,
		`<p>Baker number one opened.</p><p>By noon all was gone.</p><p>The post <a href="https://one.example/ovens?from=x">Ovens lit again</a></p>`,
		`<p>Baker number one opened.</p><p>By noon all was gone.</p><p>The post <a href="https://one.example/ov&#10;ens">Ovens lit again</a></p>`,
	} {
		checkSettled(t, settling, s)
		checkSettled(t, ruled, s)
	}
	for range all {
		s := scrap(r)
		if checkSettled(t, settling, s) {
			settled++
		}
		checkSettled(t, ruled, s)
	}
	if t.Logf("%d of %d", settled, all); settled < all/5 {
		t.Errorf("only %d of %d documents need one pass: the test tries nothing", settled, all)
	}
}

func TestNoVectorIsTakenForSettled(t *testing.T) {
	for _, v := range append(vectors(t, shared(t, "hostile", "xss", "vectors.jsonl")), treeTests(t, shared(t, "hostile", "html5lib"))...) {
		checkSettled(t, settling, v.input)
	}
}

// What news is mostly made of needs no second pass.
func TestNewsIsSettledAtOnce(t *testing.T) {
	for _, src := range []string{
		"Plain words, “as they are”.",
		`<p>a &#8217; <strong>b</strong> <a href="/x">c</a></p>` + "\n<p>d<br>e</p>",
		`<figure><img src="p.jpg" width="800" class="x" /><figcaption>What is seen</figcaption></figure><h2>h</h2><ul><li>a</li><li>b</li></ul>`,
		`<div class="x"><span style="y">words in a span</span><script>1</script><section><p>more</p></section></div>`,
		`<p>Baker number one opened before dawn.</p><p>The post <a href="https://one.example/ovens">Ovens lit again</a> appeared first on <a href="https://one.example/">One</a>.</p>`,
	} {
		if !checkSettled(t, settling, src) {
			t.Errorf("%s: a second pass", src)
		}
	}
}
