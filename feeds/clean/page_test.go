package clean

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/words"
)

const pageURL = "https://one.example/2024/12/story.html"

func page(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "page", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// find extracts an article that must be there.
func find(t testing.TB, page []byte, contentType string) string {
	t.Helper()
	got, err := Page(page, feeds.Meta{URL: pageURL, ContentType: contentType}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestTheArticleComesWithoutItsSurroundings(t *testing.T) {
	for name, row := range map[string]struct{ in, out []string }{
		"english.html": {
			in: []string{"The first passenger ferry", "I have not seen my sister", "What it costs", "before the summer season begins",
				`<img src="https://one.example/img/ferry.jpg" alt="A ferry leaving the harbour at dawn"/>`,
				`<a href="https://one.example/2024/12/ferry-plans">rebuilt the terminal</a>`},
			out: []string{"cookies", "Accept all", "Weather", "Related", "lighthouses", "newsletter", "Copyright", "trackRead", "onerror", "<h1", "class="},
		},
		"arabic.html": {
			in:  []string{"انطلق صباح الأحد", "خمس ساعات ونصف", "بسبب الأمطار والازدحام"},
			out: []string{"ملفات تعريف", "الرئيسية", "اتصل بنا", "اقرأ أيضاً", "أسعار الوقود", "جميع الحقوق"},
		},
	} {
		got := find(t, []byte(page(t, name)), "text/html; charset=utf-8")
		for _, s := range row.in {
			if !strings.Contains(got, s) {
				t.Errorf("%s: without %q", name, s)
			}
		}
		for _, s := range row.out {
			if strings.Contains(got, s) {
				t.Errorf("%s: with %q", name, s)
			}
		}
		if again := HTML(got, pageURL); again != got {
			t.Errorf("%s: cleaned again it is\n%s\nnot\n%s", name, again, got)
		}
	}
}

func TestTheOperatorsRulesHoldForLinksOfAPage(t *testing.T) {
	rules, err := LoadRules([]byte(`{"providers": {"all": {"urlPattern": ".*", "rules": ["spm"]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	src := strings.Replace(page(t, "english.html"), "?utm_source=inline", "?spm=1&id=2", 1)
	got, err := Page([]byte(src), feeds.Meta{URL: pageURL}, rules)
	if want := `<a href="https://one.example/2024/12/ferry-plans?id=2">`; err != nil || !strings.Contains(got, want) {
		t.Errorf("without %s, %v:\n%s", want, err, got)
	}
}

func TestPagesAreReadInTheirCharset(t *testing.T) {
	utf8 := page(t, "arabic.html")
	bare := strings.Replace(utf8, `<meta charset="utf-8">`, "", 1)
	late := strings.Replace(utf8, `<meta charset="utf-8">`, "<script>"+strings.Repeat("x", 3000)+`</script><meta http-equiv="Content-Type" content="text/html; charset=windows-1256">`, 1)
	windows := strings.Replace(utf8, "utf-8", "windows-1256", 1)
	for name, row := range map[string]struct {
		text, contentType string
		enc               encoding.Encoding
	}{
		"header":                 {bare, "text/html; charset=windows-1256", charmap.Windows1256},
		"meta":                   {windows, "text/html", charmap.Windows1256},
		"header before meta":     {utf8, "text/html; charset=windows-1256", charmap.Windows1256},
		"late meta":              {late, "text/html", charmap.Windows1256},
		"byte order mark":        {bare, "text/html; charset=windows-1256", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
		"nothing":                {bare, "text/html", nil},
		"UTF-8 that says Latin":  {bare, "text/html; charset=iso-8859-1", nil},
		"UTF-8 behind 1 KB":      {"<!--" + strings.Repeat("x", 2000) + "-->" + bare, "text/html", nil},
		"a charset nobody knows": {bare, "text/html; charset=x-none", nil},
	} {
		body := []byte(row.text)
		if row.enc != nil {
			var err error
			if body, err = encoding.ReplaceUnsupported(row.enc.NewEncoder()).Bytes(body); err != nil {
				t.Fatal(err)
			}
		}
		if got := find(t, body, row.contentType); !strings.Contains(got, "انطلق صباح الأحد أول قطار للركاب") {
			t.Errorf("%s: %.120s", name, got)
		}
	}
}

func TestAPageWithoutAnArticleIsAnError(t *testing.T) {
	words := strings.Repeat("The harbour opens at six. ", 30)
	for name, row := range map[string]struct{ in, want string }{
		"empty":       {"", "no article"},
		"a notice":    {"<p>Please enable JavaScript to read this page.</p>", "no article"},
		"49 words":    {"<article><p>" + strings.Repeat("harbour ", 49) + "</p></article>", "no article"},
		"too deep":    {strings.Repeat("<div>", 600) + "<p>" + words, "nested too deeply"},
		"too many":    {"<p>" + words + strings.Repeat("<br>", maxElements), "more than 200000 elements"},
		"bad address": {"", "parse"},
	} {
		meta := feeds.Meta{URL: pageURL}
		if name == "bad address" {
			meta.URL = "https://one.example/%zz"
		}
		got, err := Page([]byte(row.in), meta, nil)
		if err == nil || got != "" || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %.60q, %v; want %q", name, got, err, row.want)
		}
	}
}

// Pages that broke browsers: each by itself, and around an article.
func TestHostilePagesDoNoHarm(t *testing.T) {
	article := "<article>" + strings.Repeat("<p>The harbour opens at six, and the ferry leaves at seven, with cars and people on board.</p>", 6) + "</article>"
	n := 0
	try := func(name, src string) {
		n++
		for _, s := range []string{src, src + article, article + src} {
			got, err := Page([]byte(s), feeds.Meta{URL: pageURL}, nil)
			if err != nil && strings.Contains(err.Error(), "panic") {
				t.Errorf("%s: %v", name, err)
			}
			if err == nil && (HTML(got, pageURL) != got || strings.Contains(strings.ToLower(got), "<script")) {
				t.Errorf("%s: %.200s", name, got)
			}
		}
	}
	for _, file := range hostileHTML(t) {
		for _, src := range sections(t, file) {
			try(filepath.Base(file), src)
		}
	}
	fuzzed, err := os.Open(shared(t, "hostile", "html5lib", "gofuzz_html.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer fuzzed.Close()
	lines := bufio.NewScanner(fuzzed)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var doc struct{ Name, Text string }
		if err := json.Unmarshal(lines.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		try(doc.Name, doc.Text)
	}
	if n < 1000 {
		t.Errorf("only %d pages", n)
	}
}

func hostileHTML(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(shared(t, "hostile", "html5lib"), "*.dat"))
	if err != nil || len(files) == 0 {
		t.Fatal(len(files), err)
	}
	return files
}

// sections reads the #data of a file of html5lib's tree construction tests.
func sections(t *testing.T, file string) (all []string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range strings.Split("\n"+string(b), "\n#data\n")[1:] {
		src, _, _ := strings.Cut(test, "\n#errors")
		all = append(all, src)
	}
	return all
}

// The most that a page within the limits may cost. The bound is a hundred times
// what an honest page takes, and would be far off were anything quadratic.
func TestLargePagesCostLittle(t *testing.T) {
	if testing.Short() {
		t.Skip("large pages")
	}
	many := func(n int, before, after string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "%sThe harbour opens at %d, and ferry %d leaves later, with cars on board.%s", before, i, i, after)
		}
		return b.String()
	}
	for name, src := range map[string]string{
		"short":      many(11_000, "<p>", "</p>"),
		"paragraphs": many(100_000, "<p>", "</p>"),
		"divs":       many(60_000, "<div><p>", "</p></div>"),
		"links":      many(100_000, `<a href="/x">`, "</a>"),
		"breaks":     many(90_000, "<br><br>", "<br>"),
		"deep":       many(400, strings.Repeat("<div>", 400), strings.Repeat("</div>", 400)),
		"tables":     many(30_000, "<table><tr><td>", "</td></tr></table>"),
		"bold":       strings.Repeat("<b>", 400) + many(400, "<p>", "x"),
		"comments":   strings.Repeat("<!-- x -->", 900_000) + many(9, "<p>", "</p>"),
		"commas":     "<p>" + strings.Repeat("a, ", 3_000_000),
	} {
		start := time.Now()
		got, err := Page([]byte(src), feeds.Meta{URL: pageURL}, nil)
		took := time.Since(start)
		t.Logf("%s: %d KB in %s: %d KB, %v", name, len(src)>>10, took.Round(time.Millisecond), len(got)>>10, err)
		if took > time.Minute {
			t.Errorf("%s: %s", name, took)
		}
	}
}

func TestPartialTextsAreKnown(t *testing.T) {
	long := strings.Repeat("The harbour opens at six today. ", 40)
	link := `<a href="https://one.example/1?utm_source=rss">`
	for name, row := range map[string]struct {
		content string
		want    bool
	}{
		"no content":              {"", true},
		"whole":                   {"<p>" + long + "</p>", false},
		"short":                   {"<p>The harbour opens at six today.</p>", true},
		"dots":                    {"<p>" + long + "and then …</p>", true},
		"dots in brackets":        {"<p>" + long + "and then [&hellip;]</p>", true},
		"three dots":              {"<p>" + long + "and then...</p>", true},
		"Arabic dots":             {"<p>" + long + "ثم ..</p>", true},
		"dots within":             {"<p>Well … " + long + "</p>", false},
		"a link to the article":   {"<p>" + long + link + "Read on</a></p>", true},
		"with an arrow behind it": {"<p>" + long + link + "Read on</a> »</p>", true},
		"a link elsewhere":        {"<p>" + long + `<a href="https://one.example/2">Read on</a></p>`, false},
		"a link in front":         {"<p>" + link + "Harbour</a> " + long + "</p>", false},
		"a picture with the link": {"<p>" + long + "</p><p>" + link + `<img src="https://one.example/p.jpg"/></a></p>`, false},
	} {
		it := feeds.Item{Title: "Harbour", Link: "https://one.example/1", Summary: "<p>Six.</p>", Content: row.content, Text: Text(row.content)}
		if it.Content == "" {
			it.Summary = long
			it.Text = long
		}
		it.Words = len(words.Split(it.Text))
		if got := Partial(&it); got != row.want {
			t.Errorf("%s: %v, want %v", name, got, row.want)
		}
	}
}

func TestMinWholeIsInWords(t *testing.T) {
	for n, want := range map[int]bool{minWhole - 1: true, minWhole: false} {
		it := feeds.Item{Content: "x", Text: strings.TrimSpace(strings.Repeat("word ", n)), Words: n}
		if got := Partial(&it); got != want {
			t.Errorf("%d words: %v, want %v", n, got, want)
		}
	}
}
