package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wiredesk/wiredesk/aggregator"
)

// addressesOf are the addresses that the verb tells of an edition.
func addressesOf(t *testing.T, n *newsroom, edition string) map[string]string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := execute(t.Context(), []string{"editions", "--json", "-c", n.active().Config.File}, nil, &out, &errs); code != 0 {
		t.Fatal(code, errs.String())
	}
	for dec := json.NewDecoder(&out); dec.More(); {
		var line editionLine
		if err := dec.Decode(&line); err != nil {
			t.Fatal(err)
		}
		if line.Edition == edition {
			return line.Addresses
		}
	}
	t.Fatal("no such edition")
	return nil
}

// pathOf is an address below the site's.
func pathOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Host != "desk.example" {
		t.Fatal(address, err)
	}
	return u.Path
}

// A private edition is served whole at an address that holds 160 bits of chance,
// and named nowhere else; its id is as unknown as one that never was.
func TestAPrivateEditionIsFoundByItsAddressOnly(t *testing.T) {
	n, config := renameDesk(t)
	static := filepath.Join(t.TempDir(), "public")
	hidden := strings.Replace(config, "[editions.syria]\n", "[editions.hush]\nprivate = true\ntitle = \"Between us\"\nwas = [\"syria\"]\n", 1)
	hidden = strings.Replace(hidden, "[site]\n", "[site]\nstatic = \""+static+"\"\n", 1)
	adopt(t, n, hidden)
	found := addressesOf(t, n, "hush")
	id := strings.TrimSuffix(strings.TrimPrefix(pathOf(t, found["rss"]), "/"), ".rss")
	if !aggregator.IsToken(id) || len(found) != 4 {
		t.Fatal(found)
	}
	for format, address := range found {
		w := visit(t, n, pathOf(t, address))
		h := w.Header()
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Bakeries in Aleppo") || !strings.Contains(w.Body.String(), found["atom"]) && format != "rss" && format != "json" {
			t.Errorf("%s: %d %s", format, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "/hush") || !strings.HasPrefix(h.Get("Cache-Control"), "private,") || h.Get("Access-Control-Allow-Origin") != "" ||
			!strings.Contains(h.Get("X-Robots-Tag"), "noindex") || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", format, h)
		}
	}
	never := visit(t, n, "/never.rss")
	for _, path := range []string{"/hush.rss", "/hush/", "/hush", "/syria.rss", "/syria/"} {
		w := visit(t, n, path)
		if w.Code != http.StatusNotFound || w.Body.String() != never.Body.String() || w.Header().Get("Location") != "" {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	for _, path := range []string{"/", "/feeds.opml", "/status", "/spare/", "/spare.rss", "/readyz"} {
		if got := body(t, n, path); strings.Contains(got, "hush") || strings.Contains(got, "Between us") || strings.Contains(got, id) {
			t.Errorf("%s tells of it: %s", path, got)
		}
	}
	if _, err := os.Stat(filepath.Join(static, id+".rss")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(static, "hush.rss")); err == nil {
		t.Error("a file under its id")
	}
}

// Its address stays until it is renewed, and then is another at once; out of the
// config it is gone for those who knew it, and unknown to all others.
func TestAPrivateAddressIsRenewedByHand(t *testing.T) {
	n, config := renameDesk(t)
	hidden := strings.Replace(config, "[editions.syria]\n", "[editions.syria]\nprivate = true\n", 1)
	adopt(t, n, hidden)
	before := pathOf(t, addressesOf(t, n, "syria")["rss"])
	adopt(t, n, strings.Replace(hidden, "Aleppo", "Bakeries", 1))
	if now := pathOf(t, addressesOf(t, n, "syria")["rss"]); now != before {
		t.Errorf("%s, was %s", now, before)
	}
	body(t, n, before)
	var out, errs bytes.Buffer
	if code := execute(t.Context(), []string{"editions", "renew", "syria", "-c", n.active().Config.File}, nil, &out, &errs); code != 0 {
		t.Fatal(code, errs.String())
	}
	after := pathOf(t, addressesOf(t, n, "syria")["rss"])
	if after == before || !strings.Contains(out.String(), after) {
		t.Error(after, before, out.String())
	}
	if w := visit(t, n, before); w.Code != http.StatusNotFound {
		t.Error("the old address:", w.Code)
	}
	if got := body(t, n, after); !strings.Contains(got, after) || strings.Contains(got, before) {
		t.Error(got)
	}
	if code := execute(t.Context(), []string{"editions", "renew", "spare", "-c", n.active().Config.File}, nil, &out, &errs); code != exitUsage {
		t.Error("a public one:", code)
	}
	adopt(t, n, hidden[:strings.Index(hidden, "[editions.syria]")]+hidden[strings.Index(hidden, "[editions.spare]"):])
	for path, want := range map[string]int{after: http.StatusGone, before: http.StatusNotFound, "/syria.rss": http.StatusNotFound} {
		if w := visit(t, n, path); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
}

// What stands below a private edition is as unknown by its id as the edition is,
// also when it is published no more.
func TestNothingBelowAPrivateEditionIsKnownByItsId(t *testing.T) {
	n, config := renameDesk(t)
	hidden := strings.Replace(config, "[editions.syria]\n", "[jobs]\ndigest = \"0 7 * * *\"\n[editions.syria]\nprivate = true\n", 1)
	adopt(t, n, hidden)
	if err := n.digest(t.Context()); err != nil {
		t.Fatal(err)
	}
	unknown := func() {
		t.Helper()
		for _, path := range []string{"/syria.rss", "/syria/", "/syria/digest.rss", "/syria/feed.css", "/syria/archive/", "/syria/archive/1.rss"} {
			if w := visit(t, n, path); w.Code != http.StatusNotFound || w.Header().Get("Location") != "" {
				t.Errorf("%s: %d %v", path, w.Code, w.Header())
			}
		}
	}
	unknown()
	gone := strings.TrimSuffix(pathOf(t, addressesOf(t, n, "syria")["rss"]), ".rss")
	adopt(t, n, hidden[:strings.Index(hidden, "[editions.syria]")]+hidden[strings.Index(hidden, "[editions.spare]"):])
	unknown()
	for _, path := range []string{".rss", "/", "/digest.rss", "/archive/"} {
		if w := visit(t, n, gone+path); w.Code != http.StatusGone {
			t.Errorf("by its address, %s: %d", path, w.Code)
		}
	}
}

// A mistake in the section of a private edition is no way to learn of it.
func TestAMistakeInAPrivateEditionNamesItNowhere(t *testing.T) {
	n, config := renameDesk(t)
	hidden := strings.Replace(config, "[editions.syria]\n", "[editions.hush]\nprivate = true\n", 1)
	for _, wrong := range []string{
		strings.Replace(hidden, "private = true\n", "private = true\nexlude = 1\nhub = \"https://hub.example\"\n", 1), // not in force yet
		strings.Replace(hidden, "private = true\n", "private = true\nwas = [\"spare\"]\n", 1),
	} {
		if err := os.WriteFile(n.active().Config.File, []byte(wrong), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, errs := n.reload(t.Context()); len(errs) == 0 {
			t.Fatal("no mistake")
		}
		for _, path := range []string{"/status", "/readyz"} {
			if got := body(t, n, path); strings.Contains(got, "hush") || !strings.Contains(got, "error: a mistake in an edition") {
				t.Errorf("%s: %s", path, got)
			}
		}
		adopt(t, n, hidden)
	}
	open := strings.Replace(hidden, "[editions.spare]\n", "[editions.spare]\nexlude = 1\n", 1)
	if err := os.WriteFile(n.active().Config.File, []byte(open), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs := n.reload(t.Context()); len(errs) == 0 || !strings.Contains(body(t, n, "/status"), "[editions.spare]") {
		t.Error("the mistake of a public one is not told:", errs)
	}
}

// A file that cannot be written is told without its name, which is an address.
func TestNoErrorOfAFileHoldsAPrivateAddress(t *testing.T) {
	n, config := renameDesk(t)
	static := filepath.Join(t.TempDir(), "public")
	adopt(t, n, strings.Replace(strings.Replace(config, "[editions.syria]\n", "[editions.syria]\nprivate = true\n", 1), "[site]\n", "[site]\nstatic = \""+static+"\"\n", 1))
	name := filepath.Join(static, pathOf(t, addressesOf(t, n, "syria")["rss"]))
	token := strings.TrimSuffix(filepath.Base(name), ".rss")
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(name, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := n.write(t.Context()); err == nil || strings.Contains(err.Error(), token) {
		t.Error(err)
	}
}
