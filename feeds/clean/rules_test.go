package clean

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/feeds"
)

const ruleFile = `{"providers": {
	"shop": {
		"urlPattern": "^https?:\\/\\/(?:[a-z0-9-]+\\.)*?shop(?:\\.[a-z]{2,}){1,}", "completeProvider": true, "forceRedirection": true,
		"rules": ["p[fd]_rd_[a-z]*", "qid"], "rawRules": ["\\/ref=[^/?]*", "^https?"], "referralMarketing": ["tag"],
		"exceptions": ["^https?:\\/\\/[^/]*\\/cart"], "redirections": ["[?&]to=([^&]+)", "[?&]again=(.*)"]
	},
	"all": {"urlPattern": ".*", "rules": ["(?:%3F)?spm", "from"], "rawRules": ["\\.nothing/.*$", "everything.*"]},
	"unused": {"urlPattern": "", "rules": []}
}}`

func rules(t testing.TB) *Rules {
	t.Helper()
	r, err := LoadRules([]byte(strings.Replace(ruleFile, `"urlPattern": ""`, `"urlPattern": "unused"`, 1)))
	if err != nil || len(r.Warnings) > 0 {
		t.Fatal(err, r)
	}
	return r
}

func TestRulesShortenLinks(t *testing.T) {
	r := rules(t)
	for in, want := range map[string]string{
		"https://a.example/?spm=1&id=2&b=%41":                            "https://a.example/?id=2&b=%41",
		"https://a.example/?SPM=1#from=x&y=1":                            "https://a.example/#y=1",
		"https://www.shop.com/thing/ref=abc?pf_rd_p=1&qid=2&tag=them-20": "https://www.shop.com/thing?tag=them-20", // the commission stays
		"https://www.shop.com/cart?qid=2&spm=1":                          "https://www.shop.com/cart?qid=2",        // an exception of its own
		"https://shop.de/x?to=https%3A%2F%2Fb.example%2F%3Fspm%3D1":      "https://b.example/",
		"https://shop.de/x?to=javascript%3Aalert(1)":                     "https://shop.de/x?to=javascript%3Aalert(1)",
		"https://shop.de/x?to=//b.example/":                              "https://shop.de/x?to=//b.example/",
		"https://shop.de/x?to=":                                          "https://shop.de/x?to=",
		"https://everything.example/x":                                   "https://everything.example/x", // no link is lost to a rule
		"https://a.nothing/x":                                            "https://a.nothing/x",          // no host is changed by one
		"https://a.example/?shop.com&qid=2":                              "https://a.example/?shop.com&qid=2",
		"":                                                               "",
	} {
		got := r.Apply(in)
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if again := r.Apply(got); again != got {
			t.Errorf("%q: then %q", got, again)
		}
	}
	endless := "https://shop.de/?again=" + strings.Repeat("https://shop.de/?again=", 40) + "https://b.example/"
	if got := r.Apply(endless); r.Apply(got) != got || Link(got, "") != got {
		t.Errorf("%q is not where it ends", got)
	}
	if got := (*Rules)(nil).Apply("https://a.example/?spm=1"); got != "https://a.example/?spm=1" {
		t.Errorf("no rules: %q", got)
	}
}

func TestRulesHoldForEveryLink(t *testing.T) {
	const in, out = "https://a.example/?spm=1", "https://a.example/"
	f := &feeds.Feed{Link: in, Self: in, Hub: in, Image: in, Authors: []feeds.Person{{URI: in}}, Items: []feeds.Item{{
		Link: in, Image: in, Authors: []feeds.Person{{URI: in}}, Enclosures: []feeds.Enclosure{{URL: in}}, Origin: &feeds.Origin{Link: in, Self: in},
		Content: `<p><a href="` + in + `">a</a><img src="` + in + `"><audio src="` + in + `"></audio><video><source src="` + in + `"></video></p>`,
	}}}
	Feed(f, Options{Rules: rules(t)})
	want := &feeds.Feed{Link: out, Self: out, Hub: out, Image: out, Authors: []feeds.Person{{URI: out}}, Items: []feeds.Item{{
		Link: out, Image: out, Authors: []feeds.Person{{URI: out}}, Enclosures: []feeds.Enclosure{{URL: out}}, Origin: &feeds.Origin{Link: out, Self: out},
		Content: `<p><a href="` + out + `">a</a><img src="` + out + `" alt=""/><audio src="` + out + `" controls=""></audio><video src="` + out + `" controls=""></video></p>`, Text: "a", Words: 1,
	}}}
	if d := cmp.Diff(want, f); d != "" {
		t.Error(d)
	}
}

func TestWrongRulesAreNamed(t *testing.T) {
	provider := func(fields string) string { return `{"providers": {"shop": {"urlPattern": ".*", ` + fields + `}}}` }
	for name, row := range map[string]struct{ in, want string }{
		"not JSON":     {"<html>", "expected the JSON of ClearURLs"},
		"another file": {`{"version": 2}`, `there are no "providers"`},
		"newer format": {`{"id": "core", "providers": []}`, "expected the JSON of ClearURLs"},
		"no pattern":   {ruleFile, `provider "unused": it has no urlPattern`},
		"wrong":        {provider(`"rules": ["a", "(b"]`), `provider "shop": rules: "(b": error parsing regexp: missing closing )`},
		"out and in":   {provider(`"rules": ["a)|(b"]`), `provider "shop": rules: "a)|(b": error parsing regexp: unexpected )`},
		"long":         {provider(`"rawRules": ["` + strings.Repeat("x", maxPattern+1) + `"]`), `provider "shop": rawRules: a pattern is over the limit of 1024 bytes`},
		"huge":         {strings.Repeat(" ", maxRules+1), "over the limit of 2 MB"},
	} {
		if r, err := LoadRules([]byte(row.in)); r != nil || err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", name, err, row.want)
		}
	}
}

func TestPatternsThatRE2LacksAreLeftOutWithAWarning(t *testing.T) {
	r, err := LoadRules([]byte(`{"providers": {
		"a": {"urlPattern": "a\\.example", "rules": ["x(?!y)", "z"], "rawRules": ["(.)\\1"]},
		"b": {"urlPattern": "b\\.example", "rules": ["z"], "exceptions": ["(?<=x)y"]},
		"c": {"urlPattern": "c(?=\\.)", "rules": ["z"]}
	}}`))
	if err != nil {
		t.Fatal(err)
	}
	const why = ": RE2 has no look-around, back-references or counts over 1000"
	want := []string{
		`provider "a": rawRules "(.)\\1" is left out` + why,
		`provider "a": rules "x(?!y)" is left out` + why,
		`provider "b": exceptions "(?<=x)y" cannot be read, so the provider is left out` + why,
		`provider "c": urlPattern "c(?=\\.)" cannot be read, so the provider is left out` + why,
	}
	if d := cmp.Diff(want, r.Warnings); d != "" {
		t.Error(d)
	}
	for in, want := range map[string]string{"https://a.example/?z=1": "https://a.example/", "https://b.example/?z=1": "https://b.example/?z=1", "https://c.example/?z=1": "https://c.example/?z=1"} {
		if got := r.Apply(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestOtherRulesHaveAnotherSum(t *testing.T) {
	r := rules(t)
	other, err := LoadRules([]byte(`{"providers": {"all": {"urlPattern": ".*", "rules": ["spm"]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if r.Sum() != rules(t).Sum() || r.Sum() == other.Sum() || r.Sum() == "" || (*Rules)(nil).Sum() != "" {
		t.Errorf("%q, %q", r.Sum(), other.Sum())
	}
}

// Whatever the rules and the link: an address of the web comes out, no longer
// than it went in, and stays.
func FuzzRules(f *testing.F) {
	f.Add("https://shop.de/?to=https%3A%2F%2Fb.example", "[?&]to=([^&]+)", "x", "e")
	f.Add("https://a.example/?x=1&y=2#z", "(.*)", ".", "[xy]")
	f.Fuzz(func(t *testing.T, in, redirect, param, raw string) {
		l := &loader{}
		p := provider{match: first(l.all("urlPattern", ".*")), redirects: l.all("redirections", redirect), raw: l.all("rawRules", raw), params: l.params([]string{param})}
		r := &Rules{providers: []provider{p}}
		link := Link(in, base)
		got := r.Apply(link)
		if got == "" != (link == "") || len(got) > len(link) || Link(got, "") != got || r.Apply(got) != got {
			t.Errorf("%q became %q, then %q", link, got, r.Apply(got))
		}
	})
}

// The public file has 205 providers, one of them for every address.
func BenchmarkRules(b *testing.B) {
	var file strings.Builder
	file.WriteString(`{"providers": {"all": {"urlPattern": ".*", "rules": ["a"` + strings.Repeat(`, "(?:%3F)?b_[a-z_]*"`, 50) + `]}`)
	for i := range 204 {
		fmt.Fprintf(&file, `, "p%d": {"urlPattern": "^https?:\\/\\/(?:[a-z0-9-]+\\.)*?name%d(?:\\.[a-z]{2,}){1,}", "rules": ["c"]}`, i, i)
	}
	r, err := LoadRules([]byte(file.String() + "}}"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		r.Apply("https://www.one.example/2026/11/24/people-began-to-queue-before-dawn?id=7&b_c=9")
	}
}
