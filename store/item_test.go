package store

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/feeds"
)

// wholeItem has something in every field that is stored.
func wholeItem(text string) feeds.Item {
	at := time.Date(2026, 11, 30, 12, 0, 0, 5, time.UTC)
	return feeds.Item{
		ID: text, Link: "https://one.example/?a=1&b=2", Canonical: text, Title: text, Summary: text, Content: text, Text: text, Words: 7,
		Published: at, Updated: at.Add(time.Hour), Authors: []feeds.Person{{Name: text, Email: "a@one.example", URI: "https://one.example/a"}},
		Categories: []feeds.Category{{Term: "t", Scheme: "s", Label: text}}, Enclosures: []feeds.Enclosure{{URL: "u", Type: "audio/mpeg", Length: 9}},
		Image: "https://one.example/i", Lang: "en", Rights: "©", Base: "b", Origin: &feeds.Origin{ID: "i", Title: text, Link: "l", Self: "s"},
		Also: []feeds.Link{{URL: "u", Title: text, Outlet: "o", Lang: "ar", Published: at, Copy: true}},
	}
}

// FuzzReadItem compares it with package json, of which it is a quicker part.
func FuzzReadItem(f *testing.F) {
	texts := []string{
		"", "plain", `<p class="x">"Syria" \ & co</p>`, "دمشق: محادثات\u2028\u2029", "\b\f\n\r\t\x00\x1f\x7f", "\xff broken \xed\xa0\x80", "😀 \\u00e9 \ufffd",
		strings.Repeat(`<p>"a" &amp; b</p>`+"\n", 300), `,"Text":"`, `"`, `\`,
	}
	for _, text := range texts {
		doc, err := json.Marshal(wholeItem(text))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(doc))
		doc, err = json.Marshal(feeds.Item{ID: text, Title: text})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(doc))
	}
	for _, doc := range []string{
		``, `{}`, `{"ID":"a"}`, `{"ID":"a",}`, `{"ID":"a","Link":"b"`, `{"ID":"a","Link":"b","Link":"c"}`, `{"ID":"a","id":"b","Words":1}`,
		`{"ID":"a","Words":1}x`, `{ "ID" : "a" }`, `{"ID":null,"Text":"t"}`, `{"ID":"\ud83d\ude00","Words":1}`, `{"ID":"\ud83d","Words":1}`, `{"ID":"\u12`,
		`{"ID":"\u+123","Words":1}`, `{"ID":"\'","Words":1}`, `{"ID":"\/\u00E9","Words":1}`, `{"ID":"` + "\n" + `","Words":1}`, `{"ID":"` + "\xff" + `","Words":1}`, `{"ID":"a\`,
		`{"Link":"b","Words":1}`, `{"ID":"a","Text":"b","Title":"c","Words":1}`, `{"ID":"a","Words":"b"}`, `[]`, `null`, `,"Text":"","":null}`, `{"ID":"\u 0e9","Words":1}`, `{"ID":"\u\x10000","Words":1}`,
	} {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		var want feeds.Item
		wrong := json.Unmarshal([]byte(doc), &want)
		got, err := readItem([]byte(doc))
		if (err == nil) != (wrong == nil) {
			t.Fatalf("error %v, package json says %v", err, wrong)
		}
		if err == nil && !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v\nwant %+v", got, want)
		}
	})
}

// BenchmarkReadItem reads an article of 400 words, as the desk does twice.
func BenchmarkReadItem(b *testing.B) {
	it := wholeItem("Aleppo")
	it.Text = strings.Repeat("On Monday, as the talks went on, officials of both sides said this. ", 40)
	it.Content = strings.Repeat(`<p>On <a href="https://one.example/">Monday</a>, as the talks went on, officials of both sides said this.</p>`+"\n", 40)
	doc, err := json.Marshal(it)
	if err != nil {
		b.Fatal(err)
	}
	for name, read := range map[string]func([]byte) (feeds.Item, error){
		"ours": readItem,
		"json": func(doc []byte) (it feeds.Item, err error) {
			err = json.Unmarshal(doc, &it)
			return it, err
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := read(bytes.Clone(doc)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
