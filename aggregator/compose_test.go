package aggregator

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
)

func TestTheTextForPlainReadersIsSentencesInARow(t *testing.T) {
	e := Entry{Lead: Telling{Outlet: "One", Label: "state media"}}
	if got := plainBody(&e); got != "One (state media)" {
		t.Error(got)
	}
	e.Lead.Summary, e.Lead.Note, e.Lead.Remark = "It rains.", "It is dry.", "We asked."
	e.Earlier = &Earlier{Title: "Clouds", Link: "https://one.example/1"}
	if got := plainBody(&e); got != "One (state media): It rains. Updated: It is dry. Editor's note: We asked. Earlier: Clouds https://one.example/1" {
		t.Error(got)
	}
}

// Databases hold entries whose JSON was written before its names were small.
func TestAnEntryOfAnOlderDatabaseIsReadWhole(t *testing.T) {
	var e Entry
	old := `{"Edition":"syria","ID":"tag:x","Story":3,"Part":2,"Published":"2024-12-08T08:00:00Z","Lead":{"record":3,"feed":{"ID":"a","Title":"One","Link":"b","Self":"c"}},"Also":[{"record":4}],"Earlier":{"ID":"tag:y","Title":"Before","Link":"d"}}`
	if err := json.Unmarshal([]byte(old), &e); err != nil {
		t.Fatal(err)
	}
	if e.Edition != "syria" || e.ID != "tag:x" || e.Story != 3 || e.Part != 2 || e.Published.IsZero() || len(e.Also) != 1 ||
		e.Lead.Feed != (feeds.Origin{ID: "a", Title: "One", Link: "b", Self: "c"}) || *e.Earlier != (Earlier{"tag:y", "Before", "d"}) {
		t.Errorf("%+v", e)
	}
}

const secretConfig = `version = 1
[site]
title = "Desk"
base_url = "https://desk.example"
tag = "desk.example,2024"
contact = "mailto:desk@desk.example"
[sources.one]
SOURCE
[topics.syria.strong]
en = ['Aleppo']
[editions.syria]
topics = ["syria"]
`

// secretPlan compiles a config with one source, whose address is in the file
// "address".
func secretPlan(t *testing.T, source string) *Plan {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "address"), []byte("https://one.example/feed/5ecret"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, errs := config.Parse(filepath.Join(dir, "wiredesk.toml"), []byte(strings.Replace(secretConfig, "SOURCE", source, 1)))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	plan, errs := Compile(cfg)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return plan
}

// An address that is a secret is told in no document: not where the config hides
// it from the start, nor in entries of before it did; and whoever holds a document
// of before is sent another.
func TestASecretAddressIsInNoDocument(t *testing.T) {
	const open = `url = "https://one.example/feed/5ecret"`
	public := secretPlan(t, open)
	e := Entry{ID: "tag:x", Lead: telling(public, &Record{Source: "one", Item: feeds.Item{Title: "Rain", Link: "https://one.example/1"}}, nil), Published: time.Unix(0, 0)}
	ed := public.Config.Editions[0]
	if it := composeItem(public, ed, &e, ""); it.Origin.Self != "https://one.example/feed/5ecret" {
		t.Fatalf("%+v", it.Origin)
	}
	for name, source := range map[string]string{
		"url_file": `url_file = "address"`,
		"private":  open + "\nprivate = true",
		"headers":  open + "\nheaders = { Authorization = \"Bearer x\" }",
	} {
		plan := secretPlan(t, source)
		fresh := Entry{ID: "tag:x", Lead: telling(plan, &Record{Source: "one", Item: feeds.Item{Title: "Rain", Link: "https://one.example/1"}}, nil)}
		for when, e := range map[string]*Entry{"from the start": &fresh, "since": &e} {
			it := composeItem(plan, ed, e, "")
			if said, err := json.Marshal(it); err != nil || strings.Contains(string(said), "5ecret") || it.Origin.Link != "https://one.example/" {
				t.Errorf("%s, %s: %s, %v", name, when, said, err)
			}
		}
		if plan.look(ed) == public.look(ed) {
			t.Errorf("%s: the edition looks as before", name)
		}
	}
}
