package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/feeds"
)

const lastStage = 30

func testWire(t testing.TB) *wire {
	t.Helper()
	w, err := newWire(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestTheWireHasWhatADemoNeeds(t *testing.T) {
	w := testWire(t)
	items, langs, formats, faults := 0, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, o := range w.outlets() {
		items += len(o.Items)
		langs[o.Lang], formats[o.Format], faults[o.Fault] = true, true, true
		if (o.Fault == "") != (o.Broken == "") {
			t.Errorf("%s: fault %q, in words %q", o.ID, o.Fault, o.Broken)
		}
	}
	if items < 145 || len(w.outlets()) < 12 {
		t.Errorf("%d items of %d outlets", items, len(w.outlets()))
	}
	for _, want := range []string{"en", "ar", "fr", "tr"} {
		if !langs[want] {
			t.Errorf("nothing in %s", want)
		}
	}
	for _, want := range []string{"rss", "rdf", "atom", "json"} {
		if !formats[want] {
			t.Errorf("no outlet writes %s", want)
		}
	}
	for _, want := range []string{"windows-1256", "truncated", "fails", "slow"} {
		if !faults[want] {
			t.Errorf("no outlet is %s", want)
		}
	}
}

func TestNewItemsComeInAndOneIsCorrected(t *testing.T) {
	w := testWire(t)
	count := func(stage int) (n int) {
		for _, o := range w.outlets() {
			n += len(o.shown(stage))
		}
		return n
	}
	if first, last := count(0), count(lastStage); last-first < 15 {
		t.Errorf("%d items at first, %d at last", first, last)
	}
	read := func(stage int) string {
		body, _, err := w.outlets()[0].document(stage)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	if strings.Contains(read(0), "Correction:") || !strings.Contains(read(2), "Correction: sixteen lorries") {
		t.Error("the correction does not come at stage 2")
	}
}

func TestEveryHealthyDocumentIsStrictlyValid(t *testing.T) {
	for _, o := range testWire(t).outlets() {
		for _, stage := range []int{0, lastStage} {
			body, _, err := o.document(stage)
			if err != nil {
				t.Fatalf("%s: %v", o.ID, err)
			}
			switch {
			case o.Format == "json":
				if !json.Valid(body) {
					t.Errorf("%s is no JSON", o.ID)
				}
			case o.Fault == "truncated":
				if strictXML(body) == nil {
					t.Errorf("%s is whole", o.ID)
				}
			case o.Fault == "windows-1256":
				if utf8.Valid(body) {
					t.Errorf("%s is UTF-8", o.ID)
				}
			default:
				if err := strictXML(body); err != nil {
					t.Errorf("%s: %v", o.ID, err)
				}
			}
			f, err := feeds.Parse(body, feeds.Meta{URL: o.site() + "/feed"}, feeds.Known{})
			want := len(o.shown(stage))
			if o.Fault == "truncated" {
				want--
			}
			if err != nil || len(f.Items) != want {
				t.Errorf("%s: we read %d items of %d, %v", o.ID, len(f.Items), want, err)
			}
		}
	}
}

func TestTheWireServesAndEndsWithItsContext(t *testing.T) {
	w := testWire(t)
	ctx, cancel := context.WithCancel(t.Context())
	ready, done := make(chan map[string]string, 1), make(chan error, 1)
	go func() {
		done <- w.serve(ctx, func(base map[string]string) error { ready <- base; return nil })
	}()
	url := (<-ready)["levant-wire"]
	first, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	first.Body.Close()
	req, err := http.NewRequest(http.MethodGet, url, bytes.NewReader(nil))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("If-None-Match", first.Header.Get("ETag"))
	again, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	again.Body.Close()
	if first.StatusCode != 200 || again.StatusCode != 304 {
		t.Errorf("answers %d and %d, want 200 and 304", first.StatusCode, again.StatusCode)
	}
	http.DefaultClient.CloseIdleConnections()
	cancel()
	if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
