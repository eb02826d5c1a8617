package clean

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/wiredesk/wiredesk/feeds"
)

// The seed: 20 captions stand twice, some with other quotes and spaces. Of each
// the one set with more care stays; the other 79 paragraphs stay as they are.
func TestRepeatedCaptionsGoAndNothingElse(t *testing.T) {
	raw, err := os.ReadFile(shared(t, "seed", "republished-article.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, line := range strings.Split(string(raw), "\n") {
		if line = Plain(line); line != "" {
			all = append(all, line)
		}
	}
	quotes := strings.NewReplacer("‘", "'", "’", "'", " ", "")
	var want []string
	for _, line := range all {
		if n := len(want); n > 0 && quotes.Replace(want[n-1]) == quotes.Replace(line) {
			want[n-1] = line // the second copy has the curly quotes, if either has
			continue
		}
		want = append(want, line)
	}
	if len(all) != 99 || len(want) != 79 {
		t.Fatalf("%d paragraphs, %d different: not the seed", len(all), len(want))
	}
	for _, markup := range []string{"<p>%s</p>\n", "<div>%s</div>", "%s<br><br>\n", "<p><span>%s</span>&nbsp;</p><p>&nbsp;</p>", "<figure><img src=\"/p.jpg\"></figure><p>%s</p>"} {
		var doc strings.Builder
		for _, line := range all {
			fmt.Fprintf(&doc, markup, html.EscapeString(line))
		}
		got := strings.Split(Text(HTML(doc.String(), base)), "\n")
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %d paragraphs left: %s", markup, len(got), d)
		}
	}
}

func TestRepeatsAndFooters(t *testing.T) {
	const (
		caption = "Rebel fighters stand on a military vehicle in Homs countryside on Saturday"
		arabic  = "مقاتلون يقفون على آلية عسكرية في ريف حمص يوم السبت الماضي"
		image   = `<img src="https://one.example/p.jpg" alt=""/>`
	)
	same := func(s string) struct{ in, want string } { return struct{ in, want string }{s, s} }
	p := func(lines ...string) string { return "<p>" + strings.Join(lines, "</p><p>") + "</p>" }
	b := body{titled: foldingOf("Ovens lit again"), own: Key("https://one.example/ovens"), site: "https://one.example/"}
	for name, row := range map[string]struct{ in, want string }{
		// (d) captions
		"better quotes win":              {p("'We deliver to all who pay'", "‘We deliver to all who pay’"), p("‘We deliver to all who pay’")},
		"better quotes win, when first":  {p("‘We deliver to all who pay’", "'We deliver to all who pay'"), p("‘We deliver to all who pay’")},
		"no-break spaces":                {p("Bread\u00a0came, and more will"+"\u00a0", "Bread came, and more will"), p("Bread\u00a0came, and more will\u00a0")},
		"three times":                    {p(caption, caption, caption, "x"), p(caption, "x")},
		"short captions":                 {p("The first shop to open its doors had no flour but plenty of tea.", "A baker", "A baker", "It was not the only one in the long street that ends at the mill."), p("The first shop to open its doors had no flour but plenty of tea.", "A baker", "It was not the only one in the long street that ends at the mill.")},
		"around a picture":               {p(caption) + "<p>" + image + "</p>" + p(caption), p(caption) + "<p>" + image + "</p>"},
		"a figure's caption and another": {`<figure>` + image + `<figcaption>` + caption + `</figcaption></figure>` + p(caption), `<figure>` + image + `<figcaption>` + caption + `</figcaption></figure>`},
		"the alt text":                   {`<figure><img src="/p.jpg" alt="A baker&#39;s oven" title="A baker’s oven"><figcaption>A baker’s oven</figcaption></figure>`, `<figure>` + image + `<figcaption>A baker’s oven</figcaption></figure>`},
		"another alt text":               same(`<figure><img src="https://one.example/p.jpg" alt="Smoke"/><figcaption>A baker’s oven</figcaption></figure>`),
		"alt text alone":                 same(`<p><img src="https://one.example/p.jpg" alt="A baker’s oven"/></p><p>Flour came.</p>`),
		"alt, caption, caption":          {`<p><img src="/p.jpg" alt="` + caption + `"></p>` + p(caption, caption, "x"), `<p>` + image + `</p>` + p(caption, "x")},
		"the caption with the picture":   {p(caption) + "<p>" + image + caption + "</p>", "<p>" + image + caption + "</p>"},
		"Arabic":                         {p(arabic, strings.ReplaceAll(strings.ReplaceAll(arabic, "آلية", "الية"), "عسكرية", "عســكرية"), "خبز"), p(arabic, "خبز")},
		"a word more":                    {p(caption, caption+" (Pictured)", "x"), p(caption+" (Pictured)", "x")},
		"a blank lost":                   {p(caption+" says AlJazeera", caption+" says Al Jazeera"), p(caption + " says Al Jazeera")},
		"line breaks":                    {"One.<br><br>" + caption + "<br><br>" + caption + "<br><br>Two.", "One.<br/><br/>" + caption + "<br/><br/>Two."},
		"loose text":                     {"<div>" + caption + "<p>" + caption + "</p></div>", "<div>" + caption + "</div>"},
		"the link stays":                 {p("See the list of bakers", `See <a href="https://two.example/">the list</a> of bakers`), p(`See <a href="https://two.example/">the list</a> of bakers`)},
		"far apart, long":                {p(caption, "Why?", caption), p(caption, "Why?")},

		// honest repeats
		"another figure":            same(p(caption+", said 12 officers of the town and its many villages", caption+", said 13 officers of the town and its many villages")),
		"another place":             same(p(caption+", said officers of Aleppo and its many small villages near", caption+", said officers of Idlib and its many small villages near")),
		"another order":             same(p("Fulham beat Chelsea in the last game", "Chelsea beat Fulham in the last game")),
		"equal list items":          same("<ul><li>Yes</li><li>Yes</li></ul>"),
		"paragraphs in list items":  same("<ul><li><p>" + caption + "</p></li><li><p>" + caption + "</p></li></ul>"),
		"a refrain in a list":       same("<ol><li>" + caption + "</li><li>x</li><li>" + caption + "</li></ol>"),
		"table cells":               same("<table><tbody><tr><td>12</td><td>12</td></tr><tr><td><p>no</p></td><td><p>no</p></td></tr></tbody></table>"),
		"a pre":                     same("<pre>a\na\n\n\na</pre><pre>a\na\n\n\na</pre>"),
		"a short one far apart":     same(p("No.", "Why?", "No.")),
		"a quote far apart":         same(p("“We will not go back again to this”", "She left.", "“We will not go back again to this”")),
		"lines of a poem":           same(p("Bread rose<br/>bread rose<br/>nobody knows")),
		"stanzas":                   same(p("The ovens of the town are lit again,<br/>and we are told to wait for it", "x", "The ovens of the town are lit again,<br/>and we are told to wait for it")),
		"a poem of paragraphs":      same(p("The night was long", "Never again", "Never again", "And cold the wind", "The bread was gone")),
		"a quoted refrain":          same("<blockquote>" + p("Never again", "Never again") + "</blockquote>"),
		"question and answer":       same(p("Bread", "“No?”", "“No!”", "He left.")),
		"what leads into a list":    same(p("These are all of the bakers that we know in town:", "x", "These are all of the bakers that we know in town:", "y")),
		"headings":                  same("<h3>" + caption + "</h3><p>x</p><h3>" + caption + "</h3><p>y</p>"),
		"pictures with one caption": same("<p>" + image + caption + "</p><p>" + image + caption + "</p>"),
		"a break between scenes":    same(p("a", "* * *", "b", "* * *", "c")),
		"emoji":                     same(p("a", "🍞🍞")),

		// (e) the title
		"the title again":         {p("Ovens lit again", "Flour came."), p("Flour came.")},
		"the title under it":      {"<p>" + image + "</p><h2>Ovens Lit Again</h2>" + p("Flour came."), "<p>" + image + "</p>" + p("Flour came.")},
		"a title alone stays":     same(p("Ovens lit again")),
		"a title twice alone":     {p("Ovens lit again", "Ovens lit again"), p("Ovens lit again")},
		"a title and a picture":   same(p("Ovens lit again") + image),
		"a title and empty lines": {p("Ovens lit again", "&nbsp;", ""), p("Ovens lit again")},

		// (f) empty blocks
		"empty paragraphs":     {"<p>a</p><p>&nbsp;\u200b</p><p><br></p><p><b> </b></p><p>b</p>", "<p>a</p><p>b</p>"},
		"empty and nested":     {"<p>a</p>" + strings.Repeat("<div>", 30) + "<p>&nbsp;</p>" + strings.Repeat("</div>", 30), "<p>a</p>"},
		"an empty cell stays":  same("<table><tbody><tr><td></td><td>1</td></tr></tbody></table>"),
		"a picture is no void": same("<p>a</p><p>" + image + "</p>"),

		// (c) shares
		"share links":       {p("Flour came.", `<a href="https://www.facebook.com/sharer?u=x">Share</a>`), p("Flour came.")},
		"a bar of them":     {`<ul><li><a href="https://t.me/share/url?url=x">Telegram</a></li><li><a href="https://twitter.com/intent/tweet?url=x">Twitter</a></li></ul>` + p("Flour came.", "More."), p("Flour came.", "More.")},
		"icons":             {p("Flour came.") + `<div><a href="http://feeds.feedburner.com/~ff/x?a=1"><img src="/i.png"></a> <a href="http://feeds.feedburner.com/~ff/x?a=2"><img src="/j.png"></a></div><p>More.</p>`, p("Flour came.", "More.")},
		"news of a sharer":  same(p("Flour came.", `The ministry wrote <a href="https://t.me/share/url?url=x">here</a> that flour would come.`, "More.")),
		"a share bar alone": same(p(`<a href="https://t.me/share/url?url=x">Telegram</a>`)),

		"a picture to pin": same(p("Flour came.", `<a href="https://www.pinterest.com/pin/create/button/?url=x">`+image+`</a>`, "More.")),

		// (a) what leads back
		"appeared first on":       {p("Flour came.", `The post <a href="https://one.example/ovens">Ovens</a> appeared first on <a href="https://one.example">One</a>.`), p("Flour came.")},
		"in Arabic":               {p("وصل الطحين.", `ظهرت المقالة <a href="https://one.example/ovens">أفران</a> أولاً على <a href="https://one.example">واحد</a>.`), p("وصل الطحين.")},
		"after line breaks":       {`Flour came.<br><br><a href="https://one.example/ovens">Read more</a>`, "Flour came."},
		"a link to elsewhere":     same(p("Flour came.", `See <a href="https://two.example/">Two</a>.`)),
		"never the first block":   same(p(`<a href="https://one.example/ovens">Read it</a>`)),
		"a quotation to the site": same(p("Flour came.", `“We wait for flour,” she told <a href="https://one.example/">One</a>.`)),
		"news that leads back":    same(p("Flour came.", `As you may well imagine, they did not know that it would ever <a href="https://one.example/ovens">turn violent</a>.`)),
		"an excerpt's end":        same(p("Flour came.", `I will remember what you said about the flour and all the bread... <a href="https://one.example/ovens">[more]</a>`)),
		"click here":              {p("Flour came.", `To read this article in full, please <a href="https://one.example/ovens">click here</a>`), p("Flour came.")},
		"first on a site":         {p("Flour came.", `This first appeared on <a href="https://one.example/">One</a>.`), p("Flour came.")},
		"a footnote":              same(p("Flour came.", `From the mill. <a href="https://one.example/ovens#back">↩</a>`)),
		"comments":                {p("Flour came.", `<a href="https://one.example/ovens#comments">Comments</a>`), p("Flour came.")},
		"a picture that leads":    same(p("Flour came.", `<a href="https://one.example/ovens">`+image+`</a> Ovens`)),
	} {
		got := b.clean(row.in, base)
		if got != row.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, row.want)
		}
		if again := b.clean(got, base); again != got {
			t.Errorf("%s: cleaned twice: %s", name, again)
		}
	}
}

// On real documents, with the habits they show, what was cleaned stays as it is.
func TestCleaningRealFeedsTwiceIsCleaningOnce(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(shared(t, "feeds", "corpus"), "*"))
	if err != nil {
		t.Fatal(err)
	}
	items := 0
	for i, path := range paths {
		if i%6 > 0 {
			continue // a sixth of them takes seconds
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := feeds.Parse(raw, feeds.Meta{URL: "https://one.example/feed"}, feeds.Known{})
		if err != nil {
			continue // the manifest is no feed; parsing has its own tests
		}
		o := Options{Base: "https://one.example/feed"}
		habits := Feed(f, o)
		o.Habits = habits
		Feed(f, o)
		once := append([]feeds.Item(nil), f.Items...)
		Feed(f, o)
		if d := cmp.Diff(once, f.Items); d != "" {
			t.Errorf("%s: %s", filepath.Base(path), d)
		}
		items += len(once)
	}
	if t.Logf("%d items", items); items < 300 {
		t.Errorf("%d items: not the corpus", items)
	}
}
