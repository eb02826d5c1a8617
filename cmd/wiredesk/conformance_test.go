package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/conformance.md")

// What `wiredesk parse` has to reach, in percent of a tier. Floors only rise.
var conformanceFloors = []struct {
	tier  string
	floor float64
	what  string
}{
	{"core", 95.9, "titles, links, dates, texts, authors, categories, enclosures of feeds and items"},
	{"ext", 73, "further fields of the feed: id, authors, categories, rights, image, generator"},
	{"encoding", 86, "charsets: byte order marks, headers, declarations, guesses"},
	{"entities", 98.6, "HTML's named entities"},
	{"accept", 100, "documents that must be read, whatever they say"},
	{"legacy", 33, "CDF and invented Atom namespaces"},
	{"sanitize", 22, "exactly what feedparser's own sanitizer prints"},
	{"safety", 100, "no active content left in those, which is what counts"},
}

// suiteSize is how many of the suite's tests were in scope when docs/conformance.md
// was written. Another part of the suite is held to the floors alone.
const suiteSize = 947

// Why tests fail. A failing test that is not here fails ours.
const (
	plainRights = "Rights are plain text here: they go into documents whose rights are text."
	noCDF       = "CDF, a format of 1997, is not read."
	idAsWritten = "Ids are kept byte for byte, never resolved (RFC 4287, 4.2.6.1): they are identity."
	noASCII     = "It expects US-ASCII for text/* without a charset (RFC 3023). RFC 7303 (2014) says to read the declaration."
	noForeign   = "SVG and MathML go: they run code and are read differently by every parser."
	html4Angle  = "HTML 4's U+2329 and U+232A. HTML 5 names U+27E8 and U+27E9, which readers expect."
)

var conformanceReasons = map[string]string{
	"encoding/bozo_linenoise.xml":              "Bytes of no charset at all: feedparser guesses others.",
	"encoding/euc-kr-attribute.xml":            "A picture without an address is dropped, with its text.",
	"encoding/http_text_atom_xml_encoding.xml": noASCII, "encoding/http_text_rss_xml_encoding.xml": noASCII, "encoding/http_text_xml_default.xml": noASCII,
	"encoding/http_text_xml_epe_default.xml": noASCII, "encoding/http_text_xml_epe_encoding.xml": noASCII, "encoding/http_text_xml_qs.xml": noASCII,
	"entities/lang.xml": html4Angle, "entities/rang.xml": html4Angle,

	"wellformed/atom/feed_copyright_base64.xml": plainRights, "wellformed/atom/feed_copyright_escaped_markup.xml": plainRights,
	"wellformed/atom/feed_copyright_inline_markup.xml": plainRights, "wellformed/atom/feed_copyright_inline_markup_2.xml": plainRights,
	"wellformed/atom/feed_copyright_naked_markup.xml": plainRights, "wellformed/atom10/feed_rights_base64_2.xml": plainRights,
	"wellformed/atom10/feed_rights_escaped_markup.xml": plainRights, "wellformed/atom10/feed_rights_inline_markup.xml": plainRights,
	"wellformed/base/http_feed_copyright_base_content_location.xml": plainRights, "wellformed/base/http_feed_copyright_inline_base_content_location.xml": plainRights,
	"wellformed/base/http_feed_copyright_inline_base_docuri.xml": plainRights,

	"wellformed/atom10/entry_content_text_plain_brackets.xml": "A text/plain content becomes HTML that shows the same: < is written &lt;.",
	"wellformed/base/http_entry_id_base_content_location.xml": idAsWritten, "wellformed/base/http_entry_id_base_docuri.xml": idAsWritten,
	"wellformed/base/http_feed_id_base_docuri.xml": idAsWritten,

	"wellformed/cdf/channel_href_map_link.xml": noCDF, "wellformed/cdf/channel_lastmod_parsed.xml": noCDF, "wellformed/cdf/channel_title.xml": noCDF,
	"wellformed/cdf/item_abstract_map_description.xml": noCDF, "wellformed/cdf/item_href_map_link.xml": noCDF, "wellformed/cdf/item_lastmod.xml": noCDF,
	"wellformed/cdf/item_lastmod_parsed.xml": noCDF, "wellformed/cdf/item_title.xml": noCDF,

	"wellformed/namespace/atommathml.xml": noForeign, "wellformed/namespace/atomsvg.xml": noForeign, "wellformed/namespace/atomxlink.xml": noForeign,
	"wellformed/namespace/rss2.0svg5.xml":         noForeign,
	"wellformed/rss/item_image_link_conflict.xml": "A host name is written in lower case (RFC 3986, 6.2.2.1).",
}

// tierReasons stand for every failing test of a tier.
var tierReasons = map[string]string{
	"sanitize": "Feedparser's allow-list and serialisation are not ours: we drop elements and attributes that it keeps, and titles are plain text. The row safety counts.",
}

// A suiteTest is one test of the suite and what became of it.
type suiteTest struct{ path, tier, result, why string }

// TestConformance runs the checkers of the shared tools on the built command and
// compares docs/conformance.md with what they found.
func TestConformance(t *testing.T) {
	if raceSlack > 1 {
		t.Skip("the command it runs is built without the race detector")
	}
	t.Parallel()
	data := testData(t)
	tools := filepath.Join(data, "..", "tools")
	if _, err := os.Stat(filepath.Join(tools, "fpconform.py")); err != nil {
		missing(t, "the checkers are not beside the test data")
	}
	if err := exec.Command("/usr/bin/python3", "-c", "import feedparser").Run(); err != nil {
		missing(t, "python3-feedparser is not installed")
	}
	bin := filepath.Join(t.TempDir(), "wiredesk")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	verdicts, safety := runSuite(t, tools, data, bin)
	corpus, corpusBad := runCorpus(t, tools, bin)
	derived, err := exec.CommandContext(t.Context(), "/usr/bin/python3", filepath.Join(tools, "derived_check.py"), "--batch", bin+" parse").CombinedOutput()
	if err != nil {
		t.Errorf("derived documents: %v\n%s", err, derived)
	}
	if corpusBad > 0 {
		t.Errorf("%d documents of the corpus cannot be read", corpusBad)
	}
	tiers := tally(verdicts)
	tiers["safety"] = safety
	checkFloors(t, tiers)
	if len(verdicts) != suiteSize {
		t.Logf("%d tests in scope, docs/conformance.md speaks of %d: only the floors are held", len(verdicts), suiteSize)
		return
	}
	checkReasons(t, verdicts)
	checkDocument(t, conformanceDocument(verdicts, tiers, corpus, lastLine(derived)))
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}

// runSuite asks for each document by a process of its own: in one, the tests of
// HTTP headers would wait a second for each other, as requests to one host do.
func runSuite(t *testing.T, tools, data, bin string) (all []suiteTest, safety [2]int) {
	t.Helper()
	table := filepath.Join(t.TempDir(), "out.tsv")
	cmd := exec.CommandContext(t.Context(), "/usr/bin/python3", filepath.Join(tools, "fpconform.py"), "--suite", filepath.Join(data, "feeds", "feedparser"),
		"--http", "--port", "8097", "--plain-titles", "--out", table, "--each", bin+" parse --allow-network 127.0.0.1/32:8097 {}")
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("fpconform: %v\n%s", err, out)
	}
	rows, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(rows)) {
		f := strings.Split(line, "\t")
		all = append(all, suiteTest{strings.TrimPrefix(f[0], "tests/"), f[1], f[2], f[3]})
	}
	m := regexp.MustCompile(`sanitize safety [^:]*: (\d+)/(\d+)`).FindSubmatch(out)
	if m == nil || len(all) < 500 {
		t.Fatalf("%d tests; fpconform said\n%s", len(all), out)
	}
	safety[0], _ = strconv.Atoi(string(m[1])) // digits
	safety[1], _ = strconv.Atoi(string(m[2]))
	return all, safety
}

// runCorpus compares us with feedparser on the real documents and answers what
// to write of it, and how many documents could not be read.
func runCorpus(t *testing.T, tools, bin string) (lines []string, bad int) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "/usr/bin/python3", filepath.Join(tools, "corpus_check.py"), "--batch", bin+" parse").CombinedOutput()
	if err != nil {
		t.Fatalf("corpus_check: %v\n%s", err, out)
	}
	text := string(out)
	if m := regexp.MustCompile(`'parse error': (\d+)`).FindStringSubmatch(text); m != nil {
		bad, _ = strconv.Atoi(m[1])
	}
	m := regexp.MustCompile(`documents (\d+)`).FindStringSubmatch(text)
	if m == nil {
		t.Fatal(text)
	}
	lines = append(lines, fmt.Sprintf("| documents read | %s of %s |", minus(t, m[1], bad), m[1]))
	for _, m := range regexp.MustCompile(`'([^']+)': (\d+)[,}]`).FindAllStringSubmatch(text, -1) {
		lines = append(lines, fmt.Sprintf("| %s | %s |", m[1], m[2]))
	}
	for _, m := range regexp.MustCompile(`'(\w+)': '(\d+)/(\d+) = ([\d.]+%)'`).FindAllStringSubmatch(text, -1) {
		lines = append(lines, fmt.Sprintf("| same %s | %s of %s (%s) |", m[1], m[2], m[3], m[4]))
	}
	return lines, bad
}

func minus(t *testing.T, n string, bad int) string {
	t.Helper()
	all, err := strconv.Atoi(n)
	if err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(all - bad)
}

// tally is passed and total by tier.
func tally(verdicts []suiteTest) map[string][2]int {
	tiers := map[string][2]int{}
	for _, v := range verdicts {
		n := tiers[v.tier]
		if n[1]++; v.result == "pass" {
			n[0]++
		}
		tiers[v.tier] = n
	}
	return tiers
}

func checkFloors(t *testing.T, tiers map[string][2]int) {
	t.Helper()
	for _, f := range conformanceFloors {
		n := tiers[f.tier]
		got := 100 * float64(n[0]) / float64(max(n[1], 1))
		if t.Logf("%-9s %d of %d (%.1f %%)", f.tier, n[0], n[1], got); got < f.floor {
			t.Errorf("%s: %d of %d (%.1f %%), the floor is %.1f %%", f.tier, n[0], n[1], got, f.floor)
		}
	}
}

func checkReasons(t *testing.T, verdicts []suiteTest) {
	t.Helper()
	failing := map[string]bool{}
	for _, v := range verdicts {
		if v.result == "pass" || tierReasons[v.tier] != "" {
			continue
		}
		if failing[v.path] = true; conformanceReasons[v.path] == "" {
			t.Errorf("%s (%s) fails and nobody says why: %s", v.path, v.tier, v.why)
		}
	}
	for path := range conformanceReasons {
		if !failing[path] {
			t.Errorf("%s passes: take its reason out", path)
		}
	}
}

// checkDocument compares docs/conformance.md, or writes it.
func checkDocument(t *testing.T, want []byte) {
	t.Helper()
	path := filepath.Join("..", "..", "docs", "conformance.md")
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("docs/conformance.md is not what was measured: go test ./cmd/wiredesk -run TestConformance -update\n%s", want)
	}
}

func conformanceDocument(verdicts []suiteTest, tiers map[string][2]int, corpus []string, derived string) []byte {
	var b bytes.Buffer
	b.WriteString("# How wiredesk reads what others wrote\n\n" +
		"Written by `go test ./cmd/wiredesk -run TestConformance -update`; the same test fails when this file is out of date,\n" +
		"when a tier falls below its floor, and when a test fails that has no reason here. None of the inputs is ours.\n\n" +
		"## The test suite of feedparser\n\n" +
		"[feedparser](https://github.com/kurtmckee/feedparser)'s tests, as far as they speak of fields we have, through `wiredesk parse`:\n" +
		"the path every poll takes. Titles are compared as plain text, which ours are.\n\n" +
		"| tier | passed | total | floor | what |\n|---|---:|---:|---:|---|\n")
	for _, f := range conformanceFloors {
		n := tiers[f.tier]
		fmt.Fprintf(&b, "| %s | %d | %d | %g %% | %s |\n", f.tier, n[0], n[1], f.floor, f.what)
	}
	b.WriteString("\n### Every test that fails, and why\n\n| test | tier | reason |\n|---|---|---|\n")
	whole := map[string]int{} // failing tests of tiers with one reason
	for _, v := range verdicts {
		switch {
		case v.result == "pass":
		case tierReasons[v.tier] != "":
			whole[v.tier]++
		default:
			fmt.Fprintf(&b, "| %s | %s | %s |\n", v.path, v.tier, conformanceReasons[v.path])
		}
	}
	for _, f := range conformanceFloors {
		if n := whole[f.tier]; n > 0 {
			fmt.Fprintf(&b, "| %d tests | %s | %s |\n", n, f.tier, tierReasons[f.tier])
		}
	}
	b.WriteString("\n## Real documents\n\n" +
		"Feeds as origins served them, compared item by item with Debian's python3-feedparser. A difference is not a fault of either:\n" +
		"we take trackers out of links, for one.\n\n| what | figure |\n|---|---|\n")
	b.WriteString(strings.Join(slices.Compact(corpus), "\n"))
	b.WriteString("\n\n## Encodings\n\nReal feeds written anew in other encodings, some with a false declaration: " + derived + ".\n")
	return b.Bytes()
}
