package aggregator_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds"
)

// A strictReader knows entries by their id alone, for ever, and reads with the
// decoders of Go's library, not with ours.
type strictReader struct {
	t     *testing.T
	held  map[feeds.Format]*aggregator.Document
	known map[string]strictEntry // whatever it has ever seen, as it last was
	now   []strictEntry
	owner map[string]string // link → the entry that has it
}

type strictEntry struct {
	ID, Title, Link    string
	Published, Updated time.Time
	Body               string
}

// A rawFeed is an RSS or Atom document as it is written.
type rawFeed struct {
	Items []struct {
		ID      string `xml:"guid"`
		Title   string `xml:"title"`
		Link    string `xml:"link"`
		Date    string `xml:"pubDate"`
		Updated string `xml:"http://www.w3.org/2005/Atom updated"`
		Body    string `xml:"http://purl.org/rss/1.0/modules/content/ encoded"`
	} `xml:"channel>item"`
	Entries []struct {
		ID    string `xml:"id"`
		Title string `xml:"title"`
		Links []struct {
			Rel  string `xml:"rel,attr"`
			Href string `xml:"href,attr"`
		} `xml:"link"`
		Published string `xml:"published"`
		Updated   string `xml:"updated"`
		Body      string `xml:"content"`
	} `xml:"entry"`
}

func (s *strictReader) date(layout, text, otherwise string) time.Time {
	s.t.Helper()
	if text == "" {
		layout, text = time.RFC3339, otherwise
	}
	at, err := time.Parse(layout, text)
	if err != nil {
		s.t.Fatal(err)
	}
	return at.UTC()
}

func (s *strictReader) xml(body []byte) (es []strictEntry) {
	s.t.Helper()
	var f rawFeed
	if err := xml.NewDecoder(bytes.NewReader(body)).Decode(&f); err != nil {
		s.t.Fatal(err)
	}
	for _, it := range f.Items {
		published := s.date(time.RFC1123Z, it.Date, "")
		es = append(es, strictEntry{it.ID, it.Title, it.Link, published, s.date(time.RFC3339, it.Updated, published.Format(time.RFC3339)), it.Body})
	}
	for _, e := range f.Entries {
		link := ""
		for _, l := range e.Links {
			if l.Rel == "alternate" {
				link = l.Href
			}
		}
		es = append(es, strictEntry{e.ID, e.Title, link, s.date(time.RFC3339, e.Published, ""), s.date(time.RFC3339, e.Updated, ""), e.Body})
	}
	return es
}

func (s *strictReader) json(body []byte) (es []strictEntry) {
	s.t.Helper()
	var f struct {
		Items []struct {
			ID        string `json:"id"`
			Title     string `json:"title"`
			URL       string `json:"url"`
			Published string `json:"date_published"`
			Modified  string `json:"date_modified"`
			Body      string `json:"content_html"`
		} `json:"items"`
	}
	if err := json.Unmarshal(body, &f); err != nil {
		s.t.Fatal(err)
	}
	for _, it := range f.Items {
		es = append(es, strictEntry{it.ID, it.Title, it.URL, s.date(time.RFC3339, it.Published, ""),
			s.date(time.RFC3339, it.Modified, it.Published), it.Body})
	}
	return es
}

// fetch reads the three formats and answers what a reader is told by them, a line
// each. Restored says that the desk has been put back since the last fetch: then a
// document may be new and say nothing new.
func (s *strictReader) fetch(when string, print func(feeds.Format) *aggregator.Document, restored bool) (lines []string) {
	s.t.Helper()
	docs := map[feeds.Format]*aggregator.Document{}
	same := true
	for _, format := range []feeds.Format{feeds.RSS, feeds.Atom, feeds.JSON} {
		docs[format] = print(format)
		same = s.validators(when, format, docs[format], restored) && same
	}
	if same {
		return nil // 304
	}
	now := s.xml(docs[feeds.RSS].Body)
	for format, other := range map[feeds.Format][]strictEntry{feeds.Atom: s.xml(docs[feeds.Atom].Body), feeds.JSON: s.json(docs[feeds.JSON].Body)} {
		if d := cmp.Diff(now, other); d != "" {
			s.t.Errorf("%s: %s and RSS differ: %s", when, format, d)
		}
	}
	lines = s.compare(when, now)
	if len(lines) == 0 && s.held != nil && !restored {
		s.t.Errorf("%s: changed for nothing: %s", when, cmp.Diff(string(s.held[feeds.RSS].Body), string(docs[feeds.RSS].Body)))
	}
	s.held, s.now = docs, now
	return lines
}

// validators holds a document against the one before: the same bytes have the same
// ETag and date, others have another ETag and no earlier date. It answers whether
// they are the same.
func (s *strictReader) validators(when string, format feeds.Format, doc *aggregator.Document, restored bool) bool {
	s.t.Helper()
	was := s.held[format]
	if was == nil {
		return false
	}
	same := bytes.Equal(was.Body, doc.Body)
	if same != (was.ETag == doc.ETag) || doc.Modified.Before(was.Modified) || same && !restored && doc.Modified.After(was.Modified) {
		s.t.Errorf("%s: the validators of %s do not go with its bytes", when, format)
	}
	return same
}

// compare says what has changed since the last fetch, and judges it.
func (s *strictReader) compare(when string, now []strictEntry) (lines []string) {
	s.t.Helper()
	line := func(what string, e strictEntry, more string) {
		lines = append(lines, fmt.Sprintf("%s  %-7s  %s  %s  %s%s", when, what, e.ID[len(e.ID)-6:], e.Published.Format("2 Jan 15:04"), e.Title, more))
	}
	present, told := map[string]bool{}, map[string]string{}
	for _, e := range now {
		for _, link := range append(listed(e.Body), e.Link) {
			if by := told[link]; by != "" {
				s.t.Errorf("%s: %s is told by %s and by %s", when, link, by, e.ID)
			}
			told[link] = e.ID
		}
		if present[e.ID] {
			s.t.Errorf("%s: %s is there twice", when, e.ID)
		}
		present[e.ID] = true
		was, seen := s.known[e.ID]
		there := slices.ContainsFunc(s.now, func(o strictEntry) bool { return o.ID == e.ID })
		switch {
		case !seen:
			line("new", e, outlets(e.Body))
		case !there:
			line("back", e, outlets(e.Body))
		case !e.Updated.Equal(was.Updated):
			line("updated", e, note(e.Body))
		case e.Title != was.Title:
			s.t.Errorf("%s: the title of %s was %q, is %q", when, e.ID, was.Title, e.Title)
		case e.Body != was.Body:
			line("joined", e, outlets(e.Body))
		}
		if seen && (e.Link != was.Link || !e.Published.Equal(was.Published)) {
			s.t.Errorf("%s: %s: was %+v, is %+v", when, e.ID, was, e)
		}
		if by := s.owner[e.Link]; by != "" && by != e.ID {
			s.t.Errorf("%s: %s is published by %s and by %s", when, e.Link, by, e.ID)
		}
		s.known[e.ID], s.owner[e.Link] = e, e.ID
	}
	for _, e := range s.now {
		if !present[e.ID] {
			line("gone", e, "")
		}
	}
	return lines
}

// note is a correction as the body shows it.
func note(body string) string {
	_, text, found := strings.Cut(body, "<b>Updated:</b> ")
	if !found {
		return ""
	}
	text, _, _ = strings.Cut(text, "</p>")
	return " [" + html.UnescapeString(text) + "]"
}

// listed are the links of the outlets beside the lead.
func listed(body string) (links []string) {
	for _, li := range strings.Split(body, "<li ")[1:] {
		_, link, _ := strings.Cut(li, `<a href="`)
		link, _, _ = strings.Cut(link, `"`)
		links = append(links, link)
	}
	return links
}

// outlets names who stands beside the lead, and says whether there was a part before.
func outlets(body string) (text string) {
	var also []string
	for _, li := range strings.Split(body, "<li ")[1:] {
		_, name, _ := strings.Cut(li, ">")
		name, _, _ = strings.Cut(name, ":")
		also = append(also, name)
	}
	if len(also) > 0 {
		text = " [also " + strings.Join(also, ", ") + "]"
	}
	if strings.Contains(body, ">Earlier:") {
		text += " [earlier]"
	}
	return text
}
