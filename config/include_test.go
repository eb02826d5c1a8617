package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIncludesAndSecrets(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"topics/syria.toml": "[topics.syria.strong]\nen = ['Syria']\n[topics.syria]\naim = 'strict'\n",
		"sources.opml": `<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY a "b">]><opml version="2.0"><body><outline text="folder"><outline text="One &amp; Only" xmlUrl="https://one.example/feed"/>
			<outline text="One &amp; Only" xmlUrl="https://two.example/feed"/></outline></body></opml>`,
		"secret": "https://three.example/feed?token=abc\n",
		"main.toml": `version = 1
include = ["topics/*.toml", "sources.opml"]
[site]
title = "Desk"
base_url = "https://desk.example"
tag = "desk.example,2026"
contact = "mailto:desk@desk.example"
[sources.three]
url_file = "secret"
[editions.syria]
topics = ["syria"]
`,
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, errs := Load(filepath.Join(dir, "main.toml"))
	for _, e := range errs {
		t.Error(e.Format())
	}
	var ids []string
	for _, s := range cfg.Sources {
		ids = append(ids, s.ID+" "+s.URL)
	}
	want := []string{"three https://three.example/feed?token=abc", "one-only https://one.example/feed", "one-only-2 https://two.example/feed"}
	if d := cmp.Diff(want, ids); d != "" || cfg.Topics[0].Aim != "strict" {
		t.Error(d, cfg.Topics[0].Aim)
	}
}

func TestHostileOPMLMeetsALimit(t *testing.T) {
	for name, text := range map[string]string{
		"nested":   strings.Repeat("<outline>", 1000),
		"too many": "<opml>" + strings.Repeat("<outline/>", maxOutlines+1),
		"too long": strings.Repeat(" ", maxOPML+1),
		"broken":   "<opml><outline",
	} {
		r := newReader(&Config{})
		if err := r.opml("x.opml", []byte(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

const mainFile = `version = 1
include = [%s]
[site]
title = "Desk"
base_url = "https://desk.example"
tag = "desk.example,2026"
contact = "mailto:desk@desk.example"
[topics.syria.strong]
all = ['Syria']
[editions.syria]
topics = ["syria"]
`

// folder writes a main file that includes these patterns, and the other files.
func folder(t *testing.T, include string, others map[string]string) (path string) {
	t.Helper()
	dir := t.TempDir()
	others["main.toml"] = fmt.Sprintf(mainFile, include)
	for name, text := range others {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "main.toml")
}

func TestIncludedFilesAreReadOnceAndTheMainFileNeverTwice(t *testing.T) {
	path := folder(t, `"*.toml", "a.toml"`, map[string]string{"a.toml": "[sources.one]\nurl = 'https://one.example/'\n"})
	cfg, errs := Load(path)
	if len(errs) > 0 || len(cfg.Sources) != 1 {
		t.Error(errs)
	}
}

func TestMistakesComeFileByFileFromTopToBottom(t *testing.T) {
	path := folder(t, `"b.toml", "a.toml"`, map[string]string{
		"a.toml": "[sources.one]\nurl = 'https://one.example/'\nlangage = 'en'\nhome = 'gaza'\n",
		"b.toml": "[sources.two]\nurl = 'two'\n\n\n\nfeed = 'x'\n",
	})
	_, errs := Load(path)
	var got []string
	for _, e := range errs {
		got = append(got, fmt.Sprintf("%s:%d", filepath.Base(e.Pos.File), e.Pos.Line))
	}
	if d := cmp.Diff([]string{"b.toml:2", "b.toml:6", "a.toml:3", "a.toml:4"}, got); d != "" {
		t.Error(d)
	}
}

func TestABrokenIncludeIsShownInItsOwnFile(t *testing.T) {
	path := folder(t, `"a.toml"`, map[string]string{"a.toml": "[sources.one]\nurl = https\n"})
	cfg, errs := Load(path)
	if cfg != nil || len(errs) != 1 || filepath.Base(errs[0].Pos.File) != "a.toml" || errs[0].Pos.Line != 2 {
		t.Error(errs)
	}
}

func TestOPMLOfOldPrograms(t *testing.T) {
	const outline = `<opml><body><outline text="Caf%s&nbsp;Presse" language="unknown" xmlUrl="https://one.example/"/></body></opml>`
	for name, text := range map[string]string{
		"mark":   "\ufeff<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + fmt.Sprintf(outline, "é"),
		"latin":  `<?xml version="1.0" encoding="ISO-8859-1"?>` + fmt.Sprintf(outline, "\xe9"),
		"silent": fmt.Sprintf(outline, "é"),
	} {
		r := newReader(&Config{})
		if err := r.opml("x.opml", []byte(text)); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if s := r.cfg.Sources[0]; s.Title != "Café Presse" || s.ID != "caf-presse" || s.Lang != "" {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestAnIDOfATitleKeepsItsLetters(t *testing.T) {
	for title, want := range map[string]string{
		"Le Monde – Édition": "le-monde-edition", "Fünf & Zwölf": "funf-zwolf", "Günışığı Şehir": "gunisigi-sehir", "Straße Østfold Łódź": "strasse-ostfold-lodz",
		"عنب بلدي": "", "  ": "", "A": "a",
	} {
		if got := slugOf(unmarked(title)); got != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
	}
}

func TestAMistakeInOPMLIsShownAtItsOutline(t *testing.T) {
	path := folder(t, `"feeds.opml"`, map[string]string{
		"feeds.opml": "<opml><body>\n  <outline text=\"One\" xmlUrl=\"one.example\"/>\n</body></opml>",
	})
	_, errs := Load(path)
	if len(errs) != 1 || filepath.Base(errs[0].Pos.File) != "feeds.opml" || errs[0].Pos.Line != 2 || errs[0].Pos.Col != 3 {
		t.Error(errs)
	}
}

func TestIDsOfOutlinesAreUniqueAndStay(t *testing.T) {
	taken, same := map[string]bool{"news-2": true}, map[string]int{} // written in the main file
	var ids []string
	for _, o := range []Outline{
		{Title: "News", URL: "https://x.example/"}, {Title: "News"}, {Title: "News"},
		{Title: "أخبار", URL: "https://www.akhbar.example/feed"}, {URL: "::"},
	} {
		id := freeID(o.Title, o.URL, same, func(id string) bool { return taken[id] })
		taken[id] = true
		ids = append(ids, id)
	}
	if want := []string{"news", "news-3", "news-4", "akhbar-example", "source"}; !slices.Equal(ids, want) {
		t.Error(ids)
	}
}

func TestSecretAddressesAreTrimmedAndNeverShown(t *testing.T) {
	for name, row := range map[string]struct{ file, want string }{
		"good":    {" https://one.example/?token=hush\n", ""},
		"empty":   {"\n", "sources.one.url_file: the file is empty"},
		"no feed": {"hush\n", "sources.one.url_file is no http or https address"},
	} {
		path := folder(t, `"a.toml"`, map[string]string{"a.toml": "[sources.one]\nurl_file = 'address'\n", "address": row.file})
		_, errs := Load(path)
		got := ""
		for _, e := range errs {
			got += e.Msg
			if strings.Contains(e.Format(), "hush") {
				t.Errorf("%s: the secret is in %s", name, e.Format())
			}
		}
		if got != row.want {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}

func TestAFileOverTheLimitIsRefused(t *testing.T) {
	path := folder(t, `"a.toml"`, map[string]string{"a.toml": strings.Repeat("\n", maxFile+1)})
	if _, errs := Load(path); len(errs) != 1 || !strings.Contains(errs[0].Msg, "limit of 16 MB") {
		t.Error(errs)
	}
}
