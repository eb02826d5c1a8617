package store

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/s2"
	"pgregory.net/rapid"

	"github.com/wiredesk/wiredesk/feeds"
)

// It is as package json leaves it, which is how older programs stored it.
func TestAPackedItemIsWhatItWas(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.StringMatching(`(<p>[a-z ]*&amp;["\\\n\x{2028}\x{1f600}]</p>)*`))
	rapid.Check(t, func(t *rapid.T) {
		it := feeds.Item{
			ID: text.Draw(t, "id"), Title: text.Draw(t, "title"), Content: text.Draw(t, "content"), Text: text.Draw(t, "text"), Words: 3,
			Summary: text.Draw(t, "summary"), Authors: []feeds.Person{{Name: text.Draw(t, "author")}}, Published: noon,
		}
		stored, err := pack(&it)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := json.Marshal(it)
		if err != nil {
			t.Fatal(err)
		}
		for _, stored := range [][]byte{stored, plain} {
			got, err := unpack(stored)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(it, got); d != "" {
				t.Error(d)
			}
		}
	})
}

func TestADamagedItemIsAnError(t *testing.T) {
	whole := feeds.Item{Title: "A title", Text: strings.Repeat("A text that is longer than a few bytes. ", 20)}
	stored, err := pack(&whole)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := s2.Decode(nil, stored[1:])
	if err != nil {
		t.Fatal(err)
	}
	block := func(doc []byte) []byte { return append([]byte{packed}, s2.Encode(nil, doc)...) }
	for name, bad := range map[string][]byte{
		"nothing":     nil,
		"cut":         stored[:len(stored)/2],
		"empty":       {packed},
		"too large":   {packed, 0xff, 0xff, 0xff, 0xff, 0x0f},
		"other":       append([]byte{packed, 0x85, 0x80, 0x01}, stored[3:]...),
		"no texts":    block(doc[:bytes.IndexByte(doc, '\n')+1]),
		"half a text": block(doc[:len(doc)-1]),
		"no JSON":     block(doc[1:]),
	} {
		if got, err := unpack(bad); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// BenchmarkUnpack reads an article of 400 words, as the desk does twice.
func BenchmarkUnpack(b *testing.B) {
	it := feeds.Item{ID: "a", Link: "https://one.example/", Title: "Aleppo", Lang: "en", Published: noon}
	it.Text = strings.Repeat("On Monday, as the talks went on, officials of both sides said this. ", 40)
	it.Content = strings.Repeat(`<p>On <a href="https://one.example/">Monday</a>, as the talks went on, officials of both sides said this.</p>`+"\n", 40)
	stored, err := pack(&it)
	if err != nil {
		b.Fatal(err)
	}
	plain, err := json.Marshal(it)
	if err != nil {
		b.Fatal(err)
	}
	for name, stored := range map[string][]byte{"packed": stored, "json": plain} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := unpack(stored); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
