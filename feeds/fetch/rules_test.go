package fetch

import (
	"bufio"
	"encoding/json"
	"net/url"
	"os"
	"strings"
	"testing"
)

// ask parses a robots.txt and asks it for one path of a host.
func ask(t testing.TB, text, path string) bool {
	t.Helper()
	u, err := url.Parse("https://one.example" + path)
	if err != nil {
		t.Fatal(err)
	}
	return parseRules([]byte(text), "wiredesk").allow(u)
}

func TestTheLongestRuleThatFitsDecides(t *testing.T) {
	for _, row := range []struct {
		name  string
		rules string // below "User-agent: *"
		path  string
		want  bool
	}{
		{"no rule", "", "/a", true},
		{"a prefix", "Disallow: /a", "/abc", false},
		{"another path", "Disallow: /a", "/b", true},
		{"case counts in paths", "Disallow: /A", "/a", true},
		{"an empty path allows", "Disallow:", "/a", true},
		{"everything", "Disallow: /", "/", false},
		{"no path is the root", "Disallow: /", "", false},
		{"robots.txt itself", "Disallow: /", "/robots.txt", true},
		{"the longer allows", "Disallow: /a\nAllow: /a/b", "/a/b/c", true},
		{"the longer forbids", "Allow: /a\nDisallow: /a/b", "/a/b/c", false},
		{"order does not count", "Allow: /a/b\nDisallow: /a", "/a/b/c", true},
		{"allow wins when equal", "Disallow: /a\nAllow: /a", "/a", true},
		{"and in the other order", "Allow: /a\nDisallow: /a", "/a", true},
		{"equal, spelled otherwise", "Disallow: /caf%C3%A9\nAllow: /café", "/caf%c3%a9", true},
		{"a star", "Disallow: /*.php", "/a/b.php?x", false},
		{"a star for nothing", "Disallow: /a*b", "/ab", false},
		{"a star takes the right place", "Disallow: /*ab$", "/abxab", false},
		{"stars in a row", "Disallow: /a***b", "/a-b", false},
		{"stars in a row lend no length", "Disallow: /a****\nAllow: /ab", "/ab", true},
		{"a star in front", "Disallow: *.gif", "/a.gif", false},
		{"the end", "Disallow: /a$", "/a", false},
		{"not the end", "Disallow: /a$", "/ab", true},
		{"not the end but for a query", "Disallow: /a$", "/a?b", true},
		{"a star and the end", "Disallow: /*.php$", "/a.php", false},
		{"a star, not the end", "Disallow: /*.php$", "/a.php5", true},
		{"a star before the end", "Disallow: /a*$", "/abc", false},
		{"parts do not overlap", "Disallow: /ab*ba$", "/aba", true},
		{"a dollar within is itself", "Disallow: /a$b", "/a$bc", false},
		{"a coded star is itself", "Disallow: /a-%2A.html", "/a-*.html", false},
		{"a coded star is no wildcard", "Disallow: /a-%2A.html", "/a-b.html", true},
		{"a coded dollar is itself", "Disallow: /a-%24", "/a-$b", false},
		{"the query", "Disallow: /*?print=", "/a?print=1", false},
		{"coded for no reason", "Disallow: /%61bc", "/abc", false},
		{"coded in the address", "Disallow: /abc", "/%61bc", false},
		{"a coded slash is no slash", "Disallow: /a%2fb", "/a/b", true},
		{"hex digits in small", "Disallow: /a%2fb", "/a%2Fb", false},
		{"beyond ASCII", "Disallow: /أخبار", "/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/1", false},
		{"a broken code is itself", "Disallow: /100%", "/a", true},
		{"no path from the root", "Disallow: a", "/a", true},
		{"a comment", "Disallow: /a # not /b\n# Disallow: /b", "/b", true},
		{"before a comment", "Disallow: /a # not /b", "/a", false},
		{"blanks", "  Disallow :\t/a  ", "/a", false},
		{"lines that say nothing", "Crawl-delay: 600\nnonsense\n:\nDisallow: /a", "/a", false},
	} {
		if got := ask(t, "User-agent: *\n"+row.rules, row.path); got != row.want {
			t.Errorf("%s: %q of %q: %v, want %v", row.name, row.path, row.rules, got, row.want)
		}
	}
}

func TestOurGroupSpeaksToUsElseEveryones(t *testing.T) {
	for _, row := range []struct {
		name, text string
		want       bool // "/a"
	}{
		{"nothing", "", true},
		{"everyone", "User-agent: *\nDisallow: /a", false},
		{"another", "User-agent: otherbot\nDisallow: /a", true},
		{"ours before everyone's", "User-agent: wiredesk\nDisallow: /b\nUser-agent: *\nDisallow: /a", true},
		{"ours after everyone's", "User-agent: *\nDisallow: /b\nUser-agent: wiredesk\nDisallow: /a", false},
		{"ours without a rule", "User-agent: wiredesk\nUser-agent: *\nDisallow: /a\nUser-agent: wiredesk\nAllow: /", false},
		{"ours empty", "User-agent: *\nDisallow: /a\n\nUser-agent: wiredesk\nDisallow:", true},
		{"in capitals", "USER-AGENT: WireDesk\nDISALLOW: /a", false},
		{"with a version", "User-agent: wiredesk/2.0\nDisallow: /a", false},
		{"a name that starts like ours", "User-agent: wiredeskbot\nDisallow: /a", true},
		{"a name that ours starts with", "User-agent: wire\nDisallow: /a", true},
		{"two names, one group", "User-agent: otherbot\nUser-agent: wiredesk\nDisallow: /a", false},
		{"a sitemap between two names", "User-agent: wiredesk\nSitemap: https://one.example/s.xml\nUser-agent: otherbot\nDisallow: /a", false},
		{"a delay between two names", "User-agent: wiredesk\nCrawl-delay: 5\nUser-agent: otherbot\nDisallow: /a", false},
		{"the next group is not ours", "User-agent: wiredesk\nDisallow: /b\nUser-agent: otherbot\nDisallow: /a", true},
		{"our groups add up", "User-agent: wiredesk\nDisallow: /b\nUser-agent: x\nDisallow: /\nUser-agent: wiredesk\nDisallow: /a", false},
		{"a rule before any group", "Disallow: /a", true},
		{"without a hyphen", "User-agent: *\nDisallow: /b\nuseragent: otherbot\nDisallow: /a", true},
		{"CRLF", "User-agent: *\r\nDisallow: /a\r\n", false},
		{"CR", "User-agent: *\rDisallow: /a\r", false},
		{"a byte order mark", "\ufeffUser-agent: *\nDisallow: /a", false},
		{"a page for missing files", "<!doctype html><title>Not found</title><p>Disallow: /a</p>", true},
	} {
		if got := ask(t, row.text, "/a"); got != row.want {
			t.Errorf("%s: %v, want %v", row.name, got, row.want)
		}
	}
}

// Documents that broke other parsers: ours reads each, and in no time.
func TestHostileRobotsAreRead(t *testing.T) {
	f, err := os.Open(hostile(t, "http", "robots_gofuzz.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	n := 0
	for lines.Scan() {
		var doc struct{ Name, Text string }
		if err := json.Unmarshal(lines.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		for _, token := range []string{"wiredesk", "a"} {
			rs := parseRules([]byte(doc.Text), token)
			rs.allow(&url.URL{Path: "/fish.php"})
			rs.allow(&url.URL{})
		}
		n++
	}
	if n == 0 || lines.Err() != nil {
		t.Errorf("read %d documents, %v", n, lines.Err())
	}
}

// The worst a robots.txt of 500 KiB can do to an address of 8 KB: what tries every
// way for every star would not come to an end.
func TestRulesEndWhateverTheySay(t *testing.T) {
	path := "/" + strings.Repeat("a", maxAddress)
	for name, line := range map[string]string{
		"stars":     "Disallow: /" + strings.Repeat("a*", 200) + "b\n",
		"long":      "Disallow: /" + strings.Repeat("a*", maxRobots/2-20) + "b\n",
		"many":      "Disallow: /\n",
		"near hits": "Disallow: /*" + strings.Repeat("a", 400) + "b\n",
	} {
		t.Run(name, func(t *testing.T) {
			ask(t, "User-agent: *\n"+strings.Repeat(line, maxRobots/len(line)), path)
		})
	}
}

func FuzzRules(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /a*b$\nAllow: /%61", "/a%2fb?x=$")
	f.Fuzz(func(t *testing.T, text, path string) {
		u, err := url.Parse("https://one.example/" + path)
		if err != nil {
			t.Skip()
		}
		parseRules([]byte(text), "wiredesk").allow(u)
		once := octets(path)
		if again := octets(once); again != once {
			t.Errorf("%q is spelled %q, then %q", path, once, again)
		}
	})
}
