package store

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wiredesk/wiredesk/feeds"
)

func TestAPackedItemIsWhatItWas(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.StringMatching(`(<p>[a-z ]*&amp;["\\\x{2028}\x{1f600}]</p>)*`))
	rapid.Check(t, func(t *rapid.T) {
		it := feeds.Item{ID: text.Draw(t, "id"), Title: text.Draw(t, "title"), Content: text.Draw(t, "content"), Text: text.Draw(t, "text")}
		stored, err := pack(&it)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := unpack(stored)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := json.Marshal(it) // as older programs stored it
		if err != nil {
			t.Fatal(err)
		}
		var got, want feeds.Item
		if err := json.Unmarshal(doc, &got); err != nil {
			t.Fatal(err)
		}
		if plain, err = unpack(plain); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(plain, &want); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}

func TestADamagedItemIsAnError(t *testing.T) {
	stored, err := pack(&feeds.Item{Text: strings.Repeat("A text that is longer than a few bytes. ", 20)})
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"cut":       stored[:len(stored)/2],
		"empty":     {packed},
		"too large": {packed, 0xff, 0xff, 0xff, 0xff, 0x0f},
		"other":     append([]byte{packed, 0x85, 0x80, 0x01}, stored[3:]...),
	} {
		if doc, err := unpack(bad); err == nil {
			t.Errorf("%s: %d bytes", name, len(doc))
		}
	}
	if doc, err := unpack(nil); len(doc) > 0 || err != nil {
		t.Errorf("nothing: %q, %v", doc, err)
	}
}
