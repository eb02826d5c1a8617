package main

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/fetch"
)

// What a document made to cost as much as it can may cost.
const (
	maxBombCPU = 200 * time.Millisecond // of the process; what goes over is logged
	bombSlack  = 10                     // what goes over by so much fails
	maxBombRSS = 200 << 20              // bytes, peak of a process of its own
	maxBombMem = 512 << 20              // bytes, all that was allocated: the same on every machine
)

// A bomb is such a document and what has to come of it.
type bomb struct {
	make  func() []byte
	limit bool   // a limit's error
	items int    // otherwise: so many items, no more and no fewer
	known string // a defect: why it costs more
}

// xmlBomb puts words into an item of a feed that declares the prefix m.
func xmlBomb(inside func() string) func() []byte {
	return func() []byte {
		return []byte(`<rss version="2.0" xmlns:m="urn:m" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>t</title><item><title>x</title>` +
			inside() + `</item></channel></rss>`)
	}
}

func many(s string, n int) func() string { return func() string { return strings.Repeat(s, n) } }

// nested opens n elements and closes them.
func nested(name string, n int) func() string {
	return func() string { return strings.Repeat("<"+name+">", n) + "words" + strings.Repeat("</"+name+">", n) }
}

func nestedXMLNS(n int) func() string {
	return func() string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `<m:a xmlns:p%d="urn:x">`, i)
		}
		return b.String()
	}
}

// wideRoot has xmlns declarations that every element below it has to carry.
func wideRoot(xmlns, elements int) func() []byte {
	return func() []byte {
		var b bytes.Buffer
		b.WriteString("<rss")
		for i := range xmlns {
			fmt.Fprintf(&b, ` xmlns:p%d="urn:x"`, i)
		}
		b.WriteString("><channel>" + strings.Repeat("<b/>", elements) + "</channel></rss>")
		return b.Bytes()
	}
}

// numbered repeats a piece with a number in it.
func numbered(piece string, n int) func() string {
	return func() string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.ReplaceAll(piece, "#", fmt.Sprint(i)))
		}
		return b.String()
	}
}

// inHTML makes a piece of HTML the description of an item.
func inHTML(inside func() string) func() []byte {
	return xmlBomb(func() string { return "<description>" + escaped(inside()) + "</description>" })
}

func channel(inside func() string) func() []byte {
	return func() []byte { return []byte("<rss><channel><title>t</title>" + inside() + "</channel></rss>") }
}

func attributes(n int) func() string {
	return func() string {
		var b strings.Builder
		b.WriteString("<m:a")
		for i := range n {
			fmt.Fprintf(&b, ` a%d="x"`, i)
		}
		return b.String() + "/>"
	}
}

func jsonBomb(inside func() string) func() []byte {
	return func() []byte {
		return []byte(`{"version":"https://jsonfeed.org/version/1.1","items":[` + inside() + `]}`)
	}
}

var bombs = map[string]bomb{
	"600 nested elements":              {make: xmlBomb(nested("m:a", 600)), limit: true},
	"50,000 nested elements":           {make: xmlBomb(nested("m:a", 50_000)), limit: true},
	"50,000 nested elements, no item":  {make: channel(nested("x", 50_000)), limit: true},
	"15 MB of nested unknown tags":     {make: xmlBomb(many("<m:a>", 3<<20)), limit: true},
	"9 MB of nested unknown tags":      {make: xmlBomb(many("<m:a>", 9<<20/5)), limit: true},
	"0.28 MB of nested xmlns":          {make: xmlBomb(nestedXMLNS(12_000)), limit: true},
	"100,000 xmlns side by side":       {make: xmlBomb(numbered(`<m:a xmlns:p#="urn:#"/>`, 100_000)), items: 1},
	"250 xmlns on the root, 500,000 b": {make: wideRoot(250, 500_000), limit: true},
	"60 xmlns on the root, 190,000 b":  {make: wideRoot(60, 190_000), items: 0},
	"1.6 MB of text in pieces":         {make: xmlBomb(func() string { return "<m:a>" + many("a<!-- --><![CDATA[b]]>", 1_600_000/22)() + "</m:a>" }), items: 1},
	"1.6 MB of HTML in pieces": {make: xmlBomb(func() string {
		return "<description>" + many("a<!-- --><![CDATA[b]]>", 1_600_000/22)() + "</description>"
	}), items: 1},
	"9 MB of CDATA":         {make: xmlBomb(func() string { return "<description><![CDATA[" + many("word ", 9<<20/5)() + "]]></description>" }), items: 1},
	"500,000 empty items":   {make: channel(many("<item></item>", 500_000)), limit: true},
	"190,000 empty items":   {make: channel(many("<item></item>", 190_000)), items: feeds.MaxItems},
	"1,000,000 items":       {make: channel(many("<item/>", 1_000_000)), limit: true},
	"1,000,000 entries":     {make: func() []byte { return []byte("<feed>" + many("<entry/>", 1_000_000)() + "</feed>") }, limit: true},
	"300,000 attributes":    {make: xmlBomb(attributes(300_000)), items: 1},
	"190,000 categories":    {make: xmlBomb(numbered("<category>c#</category>", 190_000)), items: 1},
	"190,000 enclosures":    {make: xmlBomb(numbered("<enclosure url='http://a.example/#'/>", 190_000)), items: 1},
	"90,000 media contents": {make: xmlBomb(numbered("<media:content type='video/x' url='http://a.example/#'/>", 90_000)), items: 1},
	"190,000 Atom links": {make: func() []byte {
		return []byte("<feed><entry><id>1</id>" + many("<link rel='enclosure' href='http://a.example/'/>", 190_000)() + "</entry></feed>")
	}, items: 1},
	"1 MB of ampersands":             {make: xmlBomb(func() string { return "<title>" + many("&", 1<<20)() + "</title>" }), items: 1},
	"1 MB of <":                      {make: xmlBomb(many("< ", 1<<19)), items: 1},
	"1 MB of <!":                     {make: xmlBomb(many("<!", 1<<19)), items: 1},
	"1 MB of <![>":                   {make: xmlBomb(many("<![>", 1<<18)), items: 1},
	"1 MB of <!-":                    {make: xmlBomb(many("<!-", 1<<20/3)), items: 1},
	"1 MB of open CDATA":             {make: xmlBomb(many("<![CDATA[", 1<<20/9)), items: 0},
	"1 MB of open quotes":            {make: xmlBomb(many(`<a b="`, 1<<20/6)), limit: true},
	"9 MB of end tags":               {make: xmlBomb(many("</a>", 9<<20/4)), items: 1},
	"JSON nested 100,000":            {make: jsonBomb(nestedJSON("[", "1", "]")), limit: true},
	"JSON objects nested 100,000":    {make: jsonBomb(nestedJSON(`{"a":`, "1", "}")), limit: true},
	"JSON, 1,000,000 null items":     {make: jsonBomb(func() string { return many("null,", 1_000_000)() + "null" }), limit: true},
	"JSON, 1,000,000 items":          {make: jsonBomb(func() string { return many(`{"a":1},`, 1_000_000)() + "{}" }), limit: true},
	"JSON, 1,000,000 tags":           {make: jsonBomb(func() string { return `{"id":"1","tags":[` + many(`"tag",`, 1_000_000)() + `"x"]}` }), limit: true},
	"HTML: 300,000 attributes":       {make: inHTML(func() string { return strings.ReplaceAll(attributes(300_000)(), "m:a", "p") }), items: 1},
	"HTML: 200,000 nested divs":      {make: inHTML(many("<div>", 200_000)), items: 1},
	"HTML: 200,000 nested divs, raw": {make: xmlBomb(func() string { return "<description>" + nested("div", 200_000)() + "</description>" }), limit: true},
	"HTML: 60,000 b, i and a":        {make: inHTML(many("<b><i><a href=x>", 60_000)), items: 1},
	"HTML: 1 MB of formatting":       {make: inHTML(many("<p><b><i><u>", 1<<20/12)), items: 1},
	"HTML: 1 MB of table cells":      {make: inHTML(func() string { return "<table>" + many("<td>x", 1<<20/5)() }), items: 1},
	"HTML: 1 MB of links":            {make: inHTML(numbered("<a href=http://a.example/#>x</a>", 1<<20/36)), items: 1},
	"HTML: 1 MB of equal paragraphs": {make: inHTML(many("<p>words of one kind</p>", 1<<20/24)), items: 1},
	"HTML: 1 MB of paragraphs":       {make: inHTML(numbered("<p>#</p>", 1<<20/12)), items: 1},
	"HTML: one srcset of 1 MB":       {make: inHTML(func() string { return `<img srcset="` + numbered("http://a.example/# #w, ", 1<<20/32)() + `">` }), items: 1},
	"HTML: 1 MB of entities":         {make: inHTML(many("&amp;&#65;", 1<<20/10)), items: 1},
}

func nestedJSON(open, inside, end string) func() string {
	return func() string { return many(open, 100_000)() + inside + many(end, 100_000)() }
}

// TestBombs reads each in a process of its own, whose peak is its own.
func TestBombs(t *testing.T) {
	if raceSlack > 1 {
		t.Skip("what it measures the race detector changes")
	}
	for _, name := range slices.Sorted(maps.Keys(bombs)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, got := bombs[name], explode(t, name)
			over := ""
			if got.CPU > maxBombCPU {
				over = ": over the 200 ms"
			}
			t.Logf("%.0f ms CPU%s, %d MB allocated, %d MB peak: %d items, %s", got.CPU.Seconds()*1000, over, got.Alloc>>20, got.RSS>>20, got.Items, got.Error)
			wrong := b.judge(got)
			switch {
			case len(wrong) > 0 && b.known != "":
				t.Logf("%s: %s", strings.Join(wrong, "; "), b.known)
			case len(wrong) > 0:
				t.Error(strings.Join(wrong, "; "))
			case b.known != "" && got.CPU < maxBombCPU*2:
				t.Error("mended: take its known reason out")
			}
		})
	}
}

// judge lists what is wrong with what became of a bomb.
func (b bomb) judge(got blast) (wrong []string) {
	switch {
	case got.Panic:
		wrong = append(wrong, "it panics")
	case b.limit && !got.Limit:
		wrong = append(wrong, fmt.Sprintf("%q is no limit's error", got.Error))
	case !b.limit && (got.Error != "" || got.Items != b.items):
		wrong = append(wrong, fmt.Sprintf("%d items and %q, want %d items", got.Items, got.Error, b.items))
	}
	if got.RSS > maxBombRSS {
		wrong = append(wrong, fmt.Sprintf("%d MB peak", got.RSS>>20))
	}
	if got.Alloc > maxBombMem {
		wrong = append(wrong, fmt.Sprintf("%d MB allocated", got.Alloc>>20))
	}
	if got.CPU > maxBombCPU*bombSlack {
		wrong = append(wrong, fmt.Sprintf("%v of CPU time", got.CPU))
	}
	return wrong
}

// A blast is what a bomb did.
type blast struct {
	Items int
	Error string
	Limit bool
	Panic bool
	CPU   time.Duration
	Alloc uint64
	RSS   int64
}

const bombVariable = "WIREDESK_TEST_BOMB"

// explode runs a bomb in this test binary started anew. The kernel ends it when it
// has used up its CPU time.
func explode(t *testing.T, name string) (b blast) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestBombChild$", "-test.v")
	cmd.Env = append(os.Environ(), bombVariable+"="+name)
	out, err := cmd.CombinedOutput()
	_, line, ok := strings.Cut(string(out), bombVariable)
	if !ok && cmd.ProcessState != nil && !cmd.ProcessState.Exited() && t.Context().Err() == nil {
		return blast{Error: "ended by its limit of CPU time", CPU: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	}
	if !ok {
		t.Fatalf("%v\n%.3000s", err, out)
	}
	if err := json.NewDecoder(strings.NewReader(line)).Decode(&b); err != nil {
		t.Fatalf("%v\n%.3000s", err, out)
	}
	return b
}

// TestBombChild is what explode starts.
func TestBombChild(t *testing.T) {
	name := os.Getenv(bombVariable)
	if name == "" {
		t.Skip("started by TestBombs")
	}
	doc := bombs[name].make()
	runtime.GC()
	seconds := uint64((maxBombCPU*bombSlack + cpuTime()).Seconds())
	if err := syscall.Setrlimit(syscall.RLIMIT_CPU, &syscall.Rlimit{Cur: seconds, Max: seconds}); err != nil {
		t.Fatal(err)
	}
	var b blast
	c := measure(name, func() {
		err := safelyRun(func() error {
			f, err := aggregator.Read(doc, feeds.Meta{URL: "https://one.example/feed"})
			if err != nil {
				return err
			}
			b.Items = len(f.Items)
			_, err = feeds.Write(f, feeds.RSS)
			return err
		})
		if err != nil {
			b.Error, b.Limit, b.Panic = err.Error(), isLimit(err), strings.Contains(err.Error(), "panic")
		}
	})
	b.CPU, b.Alloc, b.RSS = c.cpu, c.alloc, peak(t)
	line, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(bombVariable + string(line))
}

// peak is the most memory this process has held. It is the kernel's VmHWM:
// ru_maxrss starts from what the parent held when it forked.
func peak(t testing.TB) int64 {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		missing(t, err.Error())
	}
	_, rest, _ := bytes.Cut(status, []byte("VmHWM:"))
	var kb int64
	if _, err := fmt.Sscan(string(rest), &kb); err != nil {
		t.Fatal(err)
	}
	return kb << 10
}

// gzipBomb is n bytes of zeros in gzip. Ten megabytes of them, flushed, are
// written over and over: they refer to nothing but zeros before them.
func gzipBomb(t *testing.T, n int) []byte {
	t.Helper()
	const piece = 10 << 20
	var b bytes.Buffer
	z, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, piece)
	if _, err := z.Write(zeros); err != nil {
		t.Fatal(err)
	}
	if err := z.Flush(); err != nil {
		t.Fatal(err)
	}
	return slices.Concat([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}, bytes.Repeat(b.Bytes(), n/piece))
}

// TestAGzipBombIsRefused: ten megabytes on the wire that hold ten gigabytes.
func TestAGzipBombIsRefused(t *testing.T) {
	body := gzipBomb(t, 10<<30)
	for _, coding := range []string{"gzip", "gzip, gzip"} {
		if strings.Contains(coding, ",") {
			body = gzipBomb(t, 10<<30) // a bomb that holds no bomb: an error all the same
		}
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", coding)
			w.Write(body)
		}))
		client := hostileClient(t)
		var err error
		c := measure(coding, func() { _, err = client.Get(t.Context(), fetch.Request{URL: srv.URL}) })
		srv.Close()
		t.Logf("%s: %d MB hold 10 GB: %.0f ms CPU, %d MB allocated: %v", coding, len(body)>>20, c.cpu.Seconds()*1000, c.alloc>>20, err)
		if err == nil || coding == "gzip" && !errors.Is(err, fetch.ErrTooLarge) {
			t.Errorf("%s: %v, want the limit's error", coding, err)
		}
		if c.cpu > maxBombCPU*bombSlack*raceSlack || c.alloc > maxHostileAlloc*min(raceSlack, 2) {
			t.Errorf("%s: %v CPU, %d MB", coding, c.cpu, c.alloc>>20)
		}
	}
}
