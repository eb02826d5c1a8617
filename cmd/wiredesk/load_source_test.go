package main

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// The load source is many outlets on loopback, in a process of its own: what it
// costs to make and send their documents is not what it costs to poll them.

const (
	loadVariable = "WIREDESK_TEST_LOAD" // how many outlets the child serves
	loadItems    = 30                   // of a document
	loadNew      = 3                    // items that an outlet with news has more
	loadWords    = 400                  // of an item
	loadTopical  = 10                   // one item in so many is about the topic
	loadBusy     = 10                   // one outlet in so many has news
)

// What the outlets do, stage by stage.
const (
	loadFirst = iota // nothing is known of them yet
	loadCalm         // nothing is new
	loadNews         // some have new items
	loadBlind        // nothing is new, and no outlet knows of validators
)

// A loadSource serves the outlets. Each is a host, so that politeness keeps none
// waiting for another.
type loadSource struct {
	began time.Time // the newest item of the first stage
	words []string  // of the language, the frequent ones more often
	stage atomic.Int64
	kept  sync.Map // documents, by outlet and items added
}

func loadHost(i, port int) string { return fmt.Sprintf("127.1.%d.%d:%d", i/250, i%250+1, port) }

// startLoadSource runs a source of n outlets and returns its port. It ends with
// the test.
func startLoadSource(t testing.TB, n int) (port int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestLoadSourceChild$", "-test.v")
	cmd.Env = append(os.Environ(), loadVariable+"="+strconv.Itoa(n))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close() // the child reads it, and ends with it
		if err := cmd.Wait(); err != nil && t.Context().Err() == nil {
			t.Error("load source:", err)
		}
	})
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, at, ok := strings.Cut(lines.Text(), loadVariable); ok {
			if port, err = strconv.Atoi(at); err != nil {
				t.Fatal(err)
			}
			return port
		}
		said.WriteString(lines.Text() + "\n")
	}
	t.Fatal("the load source does not start:\n" + said.String())
	return 0
}

// setStage makes the outlets go on to a stage.
func setStage(t testing.TB, port, stage int) {
	t.Helper()
	if _, err := get(fmt.Sprintf("http://%s/stage?%d", loadHost(0, port), stage)); err != nil {
		t.Fatal(err)
	}
}

// TestLoadSourceChild is what startLoadSource starts.
func TestLoadSourceChild(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv(loadVariable))
	if err != nil {
		t.Skip("started by BenchmarkLoad")
	}
	s := &loadSource{began: time.Now().Truncate(time.Second), words: wireWords(t)}
	srv := &http.Server{Handler: s}
	defer srv.Close()
	port := 0
	for i := range n {
		l, err := net.Listen("tcp", loadHost(i, port))
		if err != nil {
			t.Fatal(err)
		}
		port = l.Addr().(*net.TCPAddr).Port
		go srv.Serve(l) // ends with srv
	}
	fmt.Printf("%s%d\n", loadVariable, port)
	os.Stdin.Read(make([]byte, 1)) // until our parent is done
}

// wireWords are the words of the demo's English outlets, each as often as it
// stands there. Names are left out: they would put every text into its topics.
func wireWords(t testing.TB) (all []string) {
	t.Helper()
	word := regexp.MustCompile(`(?:^|[ “(])([a-z]+(?:['’-][a-z]+)*)`)
	for _, o := range testWire(t).outlets() {
		for i := range o.Items {
			if it := &o.Items[i]; o.Lang == "en" {
				for _, m := range word.FindAllStringSubmatch(it.Title+" "+it.Summary+" "+it.Body, -1) {
					all = append(all, m[1])
				}
			}
		}
	}
	return all
}

func (s *loadSource) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/stage" {
		stage, _ := strconv.Atoi(r.URL.RawQuery) // ours
		s.stage.Store(int64(stage))
		return
	}
	outlet, _ := strconv.Atoi(strings.Trim(r.URL.Path, "/"))
	stage := int(s.stage.Load())
	added := 0
	if stage >= loadNews && outlet%loadBusy == 0 {
		added = loadNew
	}
	if stage != loadBlind {
		etag := fmt.Sprintf(`"%d-%d"`, outlet, added)
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
	io.WriteString(w, s.keep(outlet, added)) // a poller that leaves is no fault of ours
}

// keep is a document that is made once: making it takes longer than polling it,
// and polls that had to wait for it would come one by one, each with a commit of
// its own.
func (s *loadSource) keep(outlet, added int) string {
	key := [2]int{outlet, added}
	if doc, ok := s.kept.Load(key); ok {
		return doc.(string)
	}
	doc := s.document(outlet, added)
	s.kept.Store(key, doc)
	return doc
}

// document is an outlet's feed: its newest items, of which some were added. One
// outlet in four does not say what language it writes.
func (s *loadSource) document(outlet, added int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>Outlet %[1]d</title>
<link>https://outlet-%[1]d.example/</link>
<description>News of outlet %[1]d</description>
`, outlet)
	if outlet%4 > 0 {
		b.WriteString("<language>en-GB</language>\n")
	}
	for i := range loadItems {
		s.item(&b, outlet, added-i)
	}
	b.WriteString("</channel>\n</rss>\n")
	return b.String()
}

// item writes an outlet's item n; 0 is the newest of the first stage.
func (s *loadSource) item(b *strings.Builder, outlet, n int) {
	a := article{rand.New(rand.NewPCG(uint64(outlet), uint64(n))), s.words, (outlet+n)%loadTopical == 0}
	at := s.began.Add(time.Duration(n)*40*time.Minute - time.Duration(outlet)*time.Second)
	link := fmt.Sprintf("https://outlet-%d.example/%s/%d/", outlet, at.UTC().Format("2006/01/02"), n+1000)
	title := a.title()
	lead := a.paragraph(40)
	var body strings.Builder
	fmt.Fprintf(&body, "<figure><img src=\"%simage.jpg\" alt=\"%s\" width=\"800\" height=\"450\" />\n<figcaption>%s</figcaption></figure>\n",
		link, a.sentence(5), a.sentence(9))
	fmt.Fprintf(&body, "<p><strong>%s</strong></p>\n", lead)
	for left := loadWords - 60; left > 0; left -= 62 { // a paragraph ends with its sentence, a little later
		fmt.Fprintf(&body, "<p>%s</p>\n", a.linked(a.paragraph(min(left, 55)), link))
	}
	fmt.Fprintf(&body, `<p>The post <a href="%s">%s</a> appeared first on <a href="https://outlet-%d.example/">Outlet %d</a>.</p>`, link, title, outlet, outlet)
	fmt.Fprintf(b, `<item>
<title>%s</title>
<link>%s</link>
<dc:creator><![CDATA[%s %s]]></dc:creator>
<pubDate>%s</pubDate>
<category><![CDATA[%s]]></category>
<guid isPermaLink="false">https://outlet-%d.example/?p=%d</guid>
<description><![CDATA[%s]]></description>
<content:encoded><![CDATA[%s]]></content:encoded>
</item>
`, html.EscapeString(title), link, a.name(), a.name(), at.Format(time.RFC1123Z), a.word(), outlet, n+1000, lead, body.String())
}

// An article is made of the wire's words and of names nobody has, always the same
// for one outlet and number.
type article struct {
	*rand.Rand
	words   []string
	topical bool // it is about Syria
}

func (a article) word() string { return a.words[a.IntN(len(a.words))] }

var loadSyllables = strings.Fields("ba ka lo mi ne ra so tu ve dan el ist or mar gre tal vin sha bek row")

// name is one of some thousand.
func (a article) name() string {
	var b strings.Builder
	for range 2 + a.IntN(2) {
		b.WriteString(loadSyllables[a.IntN(len(loadSyllables))])
	}
	s := b.String()
	return strings.ToUpper(s[:1]) + s[1:]
}

var loadPlaces = strings.Fields("Syria Damascus Aleppo Syrian Idlib Latakia")

// sentence has n words; some of them are names, and in a topical article one may
// be a place in Syria.
func (a article) sentence(n int) string {
	all := make([]string, n)
	for i := range all {
		if all[i] = a.word(); a.IntN(14) == 0 {
			all[i] = a.name()
		}
	}
	if a.topical && a.IntN(3) == 0 {
		all[a.IntN(n)] = loadPlaces[a.IntN(len(loadPlaces))]
	}
	s := strings.Join(all, " ")
	return strings.ToUpper(s[:1]) + s[1:]
}

func (a article) title() string {
	s := a.sentence(7 + a.IntN(5))
	if a.topical {
		s += " in " + loadPlaces[a.IntN(len(loadPlaces))]
	}
	return s
}

// paragraph has about n words, some of them quoted.
func (a article) paragraph(n int) string {
	var all []string
	for n > 0 {
		words := 8 + a.IntN(14)
		s := a.sentence(words) + "."
		if a.IntN(5) == 0 {
			s = "“" + s + "”"
		}
		all, n = append(all, s), n-words
	}
	return strings.Join(all, " ")
}

// linked makes a link of a paragraph's first words, sometimes.
func (a article) linked(s, link string) string {
	if head, rest, ok := strings.Cut(s, " "); ok && a.IntN(3) == 0 {
		return fmt.Sprintf("<a href=\"%srelated/?utm_source=feed&amp;id=%d\">%s</a> %s", link, a.IntN(9999), head, rest)
	}
	return s
}
