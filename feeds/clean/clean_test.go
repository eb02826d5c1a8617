package clean

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/feeds"
)

// dataPath is where the shared test data lies, if it does.
func dataPath(parts ...string) string {
	dir := os.Getenv("WIREDESK_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	return filepath.Join(append([]string{dir}, parts...)...)
}

func shared(t testing.TB, parts ...string) string {
	t.Helper()
	path := dataPath(parts...)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("WIREDESK_REQUIRE") == "all" {
			t.Fatal(err)
		}
		t.Skip("no shared test data: set WIREDESK_DATA")
	}
	return path
}

const base = "https://one.example/dir/item.html"

func TestHTMLPassesByAllowList(t *testing.T) {
	for name, row := range map[string]struct{ in, want string }{
		"plain":                {"a & b < c", "a &amp; b &lt; c"},
		"kept":                 {`<p>a <b>b</b></p>`, `<p>a <b>b</b></p>`},
		"script":               {`a<script>alert(1)</script>b`, "ab"},
		"handlers and style":   {`<p onclick="x()" style="color:red" class="c">a</p>`, "<p>a</p>"},
		"javascript link":      {`<a href="javascript:alert(1)">a</a>`, "a"},
		"coded scheme":         {`<a href="java&#10;script:alert(1)">a</a>`, "a"},
		"relative link":        {`<a href="../x">a</a>`, `<a href="https://one.example/x">a</a>`},
		"mail":                 {`<a href="mailto:a@b.example?subject=x">a</a>`, `<a href="mailto:a@b.example">a</a>`},
		"frame":                {`<iframe src="https://x.example/"></iframe>a`, "a"},
		"svg":                  {`<svg><script>alert(1)</script><a href="x">y</a></svg>a`, "a"},
		"unwrapped":            {`<section><font color="red">a</font></section>`, "a"},
		"unclosed":             {`<ul><li>a<li>b`, "<ul><li>a</li><li>b</li></ul>"},
		"comment":              {`a<!-- x --><!--[if IE]><script>--> b`, "a b"},
		"lazy picture":         {`<img src="data:image/gif;base64,R0" data-src="/p.jpg" alt="A">`, `<img src="https://one.example/p.jpg" alt="A"/>`},
		"srcset":               {`<img srcset="/s.jpg 320w, /l.jpg 1024w">`, `<img src="https://one.example/l.jpg" alt=""/>`},
		"pixel":                {`a<img src="https://x.example/p.gif" width="1" height="1">`, "a"},
		"counter":              {`a<img src="https://pixel.wp.com/b.gif">`, "a"},
		"empty paragraphs":     {"<p>a</p><p>&nbsp;</p><p></p><p>b</p>", "<p>a</p><p>b</p>"},
		"direction":            {`<p dir="RTL" lang="ar">أ</p>`, `<p lang="ar" dir="rtl">أ</p>`},
		"control and override": {"<p>a\x08\u202eb</p>", "<p>ab</p>"},
		"pre keeps its lines":  {"<pre>\n\na\nb</pre>", "<pre>\n\na\nb</pre>"},
	} {
		got := HTML(row.in, base)
		if got != row.want {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
		if again := HTML(got, base); again != got {
			t.Errorf("%s: cleaned twice: %q", name, again)
		}
	}
}

func TestDeepNestingBecomesText(t *testing.T) {
	for _, n := range []int{600, 50_000} {
		got := HTML(strings.Repeat("<div>", n)+"words", base)
		if strings.Contains(got, "<div") || !strings.Contains(got, "words") {
			t.Errorf("%d: %.80q", n, got)
		}
	}
}

func TestTitlesAndTexts(t *testing.T) {
	for in, want := range map[string]string{
		"Q&amp;A":                             "Q&A",
		"AT&T":                                "AT&T",
		"1 < 2 & 3":                           "1 < 2 & 3",
		"<b>Bold</b> move":                    "Bold move",
		"use &lt;b&gt;":                       "use <b>",
		" a\n\tb\u00a0c ":                     "a b c",
		"a\u202eb\u2066c":                     "abc",
		"Don&#8217;t<script>x</script> panic": "Don’t panic",
	} {
		if got := Title(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := Text("<p>one</p><p>two<br>three</p><ul><li>four</li></ul>"); got != "one\ntwo\nthree\nfour" {
		t.Errorf("%q", got)
	}
}

func TestExcerptsEndAtAWord(t *testing.T) {
	for _, row := range []struct {
		in   string
		n    int
		want string
	}{
		{"short", 10, "short"}, {"one two three", 9, "one two…"}, {"one, two", 5, "one…"}, {"سوريا اليوم", 7, "سوريا…"}, {"unbrokenwordthatislong", 10, "unbrokenw…"}, {"x", 0, ""},
	} {
		got := Excerpt(row.in, row.n)
		if got != row.want || len([]rune(got)) > max(row.n, 0) {
			t.Errorf("%q to %d: %q, want %q", row.in, row.n, got, row.want)
		}
	}
}

func TestRelativeLinksStartFromWhatIsKnown(t *testing.T) {
	for name, row := range map[string]struct {
		feed feeds.Feed
		base string
	}{
		"the document":        {feeds.Feed{Self: "https://two.example/", Items: []feeds.Item{{Link: "/x"}}}, "https://one.example/feed"},
		"where it says it is": {feeds.Feed{Self: "https://one.example/feed", Link: "https://two.example/", Items: []feeds.Item{{Link: "/x"}}}, ""},
		"its home page":       {feeds.Feed{Self: "/feed", Link: "https://one.example/", Items: []feeds.Item{{Link: "/x"}}}, ""},
		"xml:base":            {feeds.Feed{Items: []feeds.Item{{Link: "x", Base: "/"}}}, "https://one.example/dir/feed"},
		"a base of no web":    {feeds.Feed{Items: []feeds.Item{{Link: "/x", Base: "tag:two.example"}}}, "https://one.example/feed"},
	} {
		Feed(&row.feed, Options{Base: row.base})
		if got := row.feed.Items[0].Link; got != "https://one.example/x" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestFeedCleansEveryField(t *testing.T) {
	f := &feeds.Feed{Title: "A &amp; B", Link: "/", Lang: "EN-us", Items: []feeds.Item{{
		Title: "<b>x</b>", Link: "1?utm_source=x", Summary: "<p>s<script>1</script></p>", Content: "<p>longer text</p>",
		Authors: []feeds.Person{{Name: "A &lt;b&gt;", URI: "javascript:1"}}, Categories: []feeds.Category{{Term: " x\n y "}},
		Enclosures: []feeds.Enclosure{{URL: "javascript:1"}, {URL: "/a.mp3", Type: "audio/mpeg"}}, Image: "data:x",
		Origin: &feeds.Origin{Title: "<i>O</i>", Self: "javascript:1"},
	}, {Title: "أخبار دمشق", Content: `<p>عادت الحياة إلى دمشق<img src="p.jpg"></p>`, Base: "https://two.example/x/"}}}
	Feed(f, Options{Base: "https://one.example/feed"})
	want := &feeds.Feed{Title: "A & B", Link: "https://one.example/", Lang: "EN-us", Items: []feeds.Item{{
		Title: "x", Link: "https://one.example/1", Summary: "<p>s</p>", Content: "<p>longer text</p>", Text: "longer text", Words: 2, Lang: "en",
		Authors: []feeds.Person{{Name: "A <b>"}}, Categories: []feeds.Category{{Term: "x y"}},
		Enclosures: []feeds.Enclosure{{URL: "https://one.example/a.mp3", Type: "audio/mpeg"}}, Origin: &feeds.Origin{Title: "O"},
	}, {
		Title: "أخبار دمشق", Content: `<p>عادت الحياة إلى دمشق<img src="https://two.example/x/p.jpg" alt=""/></p>`,
		Text: "عادت الحياة إلى دمشق", Words: 4, Image: "https://two.example/x/p.jpg", Lang: "",
	}}}
	if d := cmp.Diff(want, f); d != "" {
		t.Error(d)
	}
}

func BenchmarkHTML(b *testing.B) {
	text := strings.Repeat(`<p>People began to queue before dawn, and by noon most shops had sold <a href="https://one.example/bread?utm_source=x">what they had baked</a>; <em>drivers</em> said the road was open.</p><img src="/p.jpg" alt="x">`, 20)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		HTML(text, base)
	}
}
