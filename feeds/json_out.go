package feeds

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// JSON Feed 1.1 (jsonfeed.org/version/1.1). Its extensions start with an
// underscore; ours are _source (where we read the item) and _sources (who else
// tells it).

type jsonOut struct {
	Version     string       `json:"version"`
	Title       string       `json:"title"`
	HomePage    string       `json:"home_page_url,omitempty"`
	FeedURL     string       `json:"feed_url,omitempty"`
	NextURL     string       `json:"next_url,omitempty"`
	Description string       `json:"description,omitempty"`
	Icon        string       `json:"icon,omitempty"`
	Authors     []jsonPerson `json:"authors,omitempty"`
	Language    string       `json:"language,omitempty"`
	Hubs        []jsonHub    `json:"hubs,omitempty"`
	Items       []jsonOne    `json:"items"`
}

type jsonPerson struct {
	Name string `json:"name,omitempty"`
	URL  string `json:"url,omitempty"`
}

type jsonHub struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

type jsonOne struct {
	ID          string       `json:"id"`
	URL         string       `json:"url,omitempty"`
	Title       string       `json:"title,omitempty"`
	ContentHTML string       `json:"content_html,omitempty"`
	ContentText *string      `json:"content_text,omitempty"`
	Summary     string       `json:"summary,omitempty"`
	Image       string       `json:"image,omitempty"`
	Published   string       `json:"date_published,omitempty"`
	Modified    string       `json:"date_modified,omitempty"`
	Authors     []jsonPerson `json:"authors,omitempty"`
	Tags        []string     `json:"tags,omitempty"`
	Language    string       `json:"language,omitempty"`
	Attachments []jsonFile   `json:"attachments,omitempty"`
	Source      *jsonSource  `json:"_source,omitempty"`
	Sources     []jsonAlso   `json:"_sources,omitempty"`
}

type jsonFile struct {
	URL  string `json:"url"`
	Type string `json:"mime_type"`
	Size int64  `json:"size_in_bytes,omitempty"`
}

type jsonSource struct {
	ID      string `json:"id,omitempty"`
	Title   string `json:"title,omitempty"`
	URL     string `json:"url,omitempty"`
	FeedURL string `json:"feed_url,omitempty"`
}

type jsonAlso struct {
	URL       string `json:"url"`
	Title     string `json:"title,omitempty"`
	Outlet    string `json:"outlet,omitempty"`
	Language  string `json:"language,omitempty"`
	Published string `json:"date_published,omitempty"`
	Copy      bool   `json:"copy,omitempty"`
}

func writeJSON(f *Feed) ([]byte, error) {
	out := jsonOut{
		Version: "https://jsonfeed.org/version/1.1", Title: f.Title, HomePage: f.Link, FeedURL: f.Self,
		Description: f.Description, Icon: f.Image, Authors: jsonOutPeople(f.Authors), Language: f.Lang, Items: []jsonOne{},
	}
	if f.Current != "" {
		out.FeedURL = f.Current // it names the feed, of which this is a page
	}
	if f.Prev != out.FeedURL { // never in a circle, says the specification
		out.NextURL = f.Prev
	}
	if f.Hub != "" {
		out.Hubs = []jsonHub{{"WebSub", f.Hub}}
	}
	for i := range f.Items {
		out.Items = append(out.Items, jsonOutOf(&f.Items[i]))
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(out); err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	return b.Bytes(), nil
}

func jsonOutPeople(ps []Person) (out []jsonPerson) {
	for _, p := range ps {
		name := p.Name
		if name == "" {
			name = p.Email
		}
		out = append(out, jsonPerson{name, p.URI})
	}
	return out
}

func jsonOutOf(it *Item) jsonOne {
	out := jsonOne{
		ID: it.ID, URL: it.Link, Title: it.Title, ContentHTML: it.Content, Summary: outPlain(it), Image: it.Image,
		Authors: jsonOutPeople(it.Authors), Language: it.Lang,
	}
	if it.Content == "" {
		text := outPlain(it) // one of the two is required
		out.ContentText = &text
	}
	if !it.Published.IsZero() {
		out.Published = outRFC3339(it.Published)
	}
	if !it.Updated.IsZero() && !it.Updated.Equal(it.Published) {
		out.Modified = outRFC3339(it.Updated)
	}
	for _, c := range it.Categories {
		out.Tags = append(out.Tags, c.Term)
	}
	for _, e := range it.Enclosures {
		kind := e.Type
		if kind == "" {
			kind = "application/octet-stream" // required
		}
		out.Attachments = append(out.Attachments, jsonFile{e.URL, kind, e.Length})
	}
	if o := it.Origin; o != nil {
		out.Source = &jsonSource{o.ID, o.Title, o.Link, o.Self}
	}
	for _, l := range it.Also {
		a := jsonAlso{URL: l.URL, Title: l.Title, Outlet: l.Outlet, Language: l.Lang, Copy: l.Copy}
		if !l.Published.IsZero() {
			a.Published = outRFC3339(l.Published)
		}
		out.Sources = append(out.Sources, a)
	}
	return out
}
