package feeds

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// A jsonFeed is JSON Feed 1.1 as publishers write it: any value may be of
// another type than the specification says, and costs only itself then. It is
// our own because gofeed panics on null items and loses the feed to one wrong type.
type jsonFeed struct {
	Version     loose   `json:"version"`
	Title       loose   `json:"title"`
	HomePage    loose   `json:"home_page_url"`
	FeedURL     loose   `json:"feed_url"`
	NextURL     loose   `json:"next_url"`
	Description loose   `json:"description"`
	Icon        loose   `json:"icon"`
	Favicon     loose   `json:"favicon"`
	Language    loose   `json:"language"`
	Authors     objects `json:"authors"`
	Author      objects `json:"author"`
	Hubs        objects `json:"hubs"`
	Items       raws    `json:"items"`
}

// loose is a text, or a number or boolean as its text; "" for anything else.
type loose string

// UnmarshalJSON never fails: a wrong type is an absent value.
func (l *loose) UnmarshalJSON(data []byte) error {
	var s string
	switch err := json.Unmarshal(data, &s); {
	case err == nil:
		*l = loose(onlyLegal(s))
	case len(data) > 0 && (data[0] == '-' || data[0] >= '0' && data[0] <= '9'):
		*l = loose(data)
	}
	return nil
}

// objects is a list of objects, or one alone, or their names as texts.
type objects []map[string]json.RawMessage

// UnmarshalJSON never fails: what is no object is left out, and counted by who asks.
func (o *objects) UnmarshalJSON(data []byte) error {
	var list []json.RawMessage
	if json.Unmarshal(data, &list) != nil {
		list = []json.RawMessage{data}
	}
	for _, raw := range list[:min(len(list), maxParts)] {
		var m map[string]json.RawMessage
		if json.Unmarshal(raw, &m) == nil && m != nil {
			*o = append(*o, m)
			continue
		}
		var s string
		if json.Unmarshal(raw, &s) == nil && s != "" {
			name, _ := json.Marshal(s) // a string always can be
			*o = append(*o, map[string]json.RawMessage{"name": name})
			continue
		}
		*o = append(*o, nil)
	}
	return nil
}

// raws are the values of a list; one value that is none counts as a list of one.
type raws []json.RawMessage

// UnmarshalJSON never fails.
func (r *raws) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, (*[]json.RawMessage)(r)) != nil {
		*r = raws{bytes.Clone(data)}
	}
	return nil
}

func str(m map[string]json.RawMessage, name string) string {
	var l loose
	if raw, ok := m[name]; ok && json.Unmarshal(raw, &l) == nil {
		return cut(string(l), maxField)
	}
	return ""
}

// errNoJSONFeed is JSON that is something else.
var errNoJSONFeed = errors.New("JSON, but not a JSON Feed: it has neither a version nor items")

func parseJSON(text []byte, meta Meta, known map[Sum]bool) (*Feed, error) {
	text, skipped := cutKnown(text, known)
	if err := bounded(text); err != nil {
		return nil, err
	}
	var d jsonFeed
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	if !strings.Contains(string(d.Version), "jsonfeed.org") && d.Items == nil {
		return nil, errNoJSONFeed
	}
	f := &Feed{
		Format: JSON, Title: htmlText.Replace(string(d.Title)), Description: htmlText.Replace(string(d.Description)),
		Link: string(d.HomePage), Self: string(d.FeedURL), Prev: link(meta.URL, string(d.NextURL)), Lang: string(d.Language), Image: first(string(d.Icon), string(d.Favicon)),
		Authors: jsonPeople(append(d.Authors, d.Author...)), Skipped: skipped,
	}
	for _, h := range d.Hubs {
		f.Hub = first(f.Hub, str(h, "url"))
	}
	for i, raw := range d.Items {
		var m map[string]json.RawMessage
		switch {
		case len(skipped)+i >= MaxItems:
			f.Over++
		case json.Unmarshal(raw, &m) != nil || m == nil:
			f.Invalid++
		default:
			f.Items = append(f.Items, jsonItem(m, meta.URL))
			f.Items[len(f.Items)-1].Raw = jsonSum(raw)
		}
	}
	return f, nil
}

// bounded counts brackets and values, without building anything.
func bounded(text []byte) error {
	depth, values, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxNesting {
				return &LimitError{"values nested", maxNesting}
			}
		case c == '}' || c == ']':
			depth--
		case c == ',':
			if values++; values > maxElements {
				return &LimitError{"values", maxElements}
			}
		}
	}
	return nil
}

func jsonPeople(list objects) (ps []Person) {
	for _, m := range list {
		if p := (Person{Name: str(m, "name"), URI: str(m, "url")}); p != (Person{}) {
			ps = append(ps, p)
		}
	}
	return ps
}

func jsonItem(m map[string]json.RawMessage, base string) Item {
	it := Item{
		ID: str(m, "id"), Link: link(base, first(str(m, "url"), str(m, "external_url"))), Title: htmlText.Replace(str(m, "title")),
		Summary: htmlText.Replace(str(m, "summary")), Content: str(m, "content_html"), Lang: str(m, "language"),
		Published: firstDate(str(m, "date_published"), str(m, "date_modified")), Updated: firstDate(str(m, "date_modified")),
		Image: link(base, first(str(m, "image"), str(m, "banner_image"))), Base: base,
	}
	if it.Content == "" {
		it.Content = paragraphs(str(m, "content_text"))
	}
	it.Authors = jsonPeople(append(list(m, "authors"), list(m, "author")...))
	for _, t := range list(m, "tags") {
		if name := str(t, "name"); name != "" {
			it.Categories = append(it.Categories, Category{Term: name})
		}
	}
	for _, a := range list(m, "attachments") {
		if u := link(base, str(a, "url")); u != "" {
			it.Enclosures = append(it.Enclosures, Enclosure{u, str(a, "mime_type"), size(str(a, "size_in_bytes"))})
		}
	}
	for _, s := range list(m, "_source") {
		it.Origin = &Origin{ID: str(s, "id"), Title: str(s, "title"), Link: str(s, "url"), Self: str(s, "feed_url")}
	}
	return it
}

func list(m map[string]json.RawMessage, name string) (o objects) {
	raw, ok := m[name]
	if !ok || bytes.Equal(raw, []byte("null")) {
		return nil
	}
	if json.Unmarshal(raw, &o) != nil {
		return nil
	}
	return o
}

// paragraphs makes HTML of plain text: content_text is text, whatever it looks like.
func paragraphs(s string) string {
	if s == "" {
		return ""
	}
	var b strings.Builder
	for _, p := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			b.WriteString("<p>" + strings.ReplaceAll(htmlText.Replace(p), "\n", "<br>") + "</p>")
		}
	}
	return b.String()
}
