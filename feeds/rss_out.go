package feeds

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
	"time"

	gorilla "github.com/gorilla/feeds"
)

// The structs around gorilla's: its own cannot carry categories, sources,
// languages, self links or several authors.

type rssOut struct {
	XMLName xml.Name `xml:"rss"`
	Version string   `xml:"version,attr"`
	Content string   `xml:"xmlns:content,attr"`
	DC      string   `xml:"xmlns:dc,attr"`
	Atom    string   `xml:"xmlns:atom,attr"`
	Media   string   `xml:"xmlns:media,attr"`
	FH      string   `xml:"xmlns:fh,attr,omitempty"`
	Channel *rssOutChannel
}

// FeedXml makes it a document for gorilla's WriteXML.
func (r *rssOut) FeedXml() any { return r }

type rssOutChannel struct {
	*gorilla.RssFeed
	Categories []rssOutCategory `xml:"category"`
	Links      []rssOutLink     `xml:"atom:link"`
	Archive    *struct{}        `xml:"fh:archive"`
	Items      []*rssOutItem    `xml:"item"`
}

type rssOutLink struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
}

type rssOutCategory struct {
	Domain string `xml:"domain,attr,omitempty"`
	Term   string `xml:",chardata"`
}

type rssOutItem struct {
	*gorilla.RssItem
	Categories []rssOutCategory `xml:"category"`
	Creators   []string         `xml:"dc:creator"`
	Lang       string           `xml:"dc:language,omitempty"`
	Rights     string           `xml:"dc:rights,omitempty"`
	Source     *rssOutSource    `xml:"source"`
	Updated    string           `xml:"atom:updated,omitempty"`
	Media      []rssOutMedia    `xml:"media:content"`
}

type rssOutSource struct {
	URL   string `xml:"url,attr"`
	Title string `xml:",chardata"`
}

type rssOutMedia struct {
	URL    string `xml:"url,attr"`
	Medium string `xml:"medium,attr"`
}

// historySpace is the namespace of fh:archive (RFC 5005, 4).
const historySpace = "http://purl.org/syndication/history/1.0"

// stylesheet makes a feed that is opened in a browser readable. It stands beside
// the feed; archives, which may lie deeper, go up to it.
func stylesheet(f *Feed) string {
	up := 0
	if f.Current != "" {
		up = max(strings.Count(f.Self, "/")-strings.Count(f.Current, "/"), 0)
	}
	return `<?xml-stylesheet type="text/css" href="` + strings.Repeat("../", up) + `feed.css"?>`
}

func writeRSS(f *Feed) ([]byte, error) {
	ch := &rssOutChannel{RssFeed: &gorilla.RssFeed{
		Title: rssTitle(f.Title), Link: f.Link, Description: htmlText.Replace(f.Description), Language: f.Lang, Copyright: f.Rights,
		Generator: f.Generator, Ttl: int(f.TTL / time.Minute),
	}}
	if ch.Description == "" {
		ch.Description = htmlText.Replace(f.Title) // required (RSS 2.0)
	}
	if !f.Updated.IsZero() {
		ch.LastBuildDate = f.Updated.UTC().Format(time.RFC1123Z)
	}
	if f.Image != "" {
		ch.Image = &gorilla.RssImage{Url: f.Image, Title: rssTitle(f.Title), Link: f.Link}
	}
	add := func(rel, kind, href string) {
		if href != "" {
			ch.Links = append(ch.Links, rssOutLink{href, rel, kind})
		}
	}
	add("self", "application/rss+xml", f.Self)
	add("hub", "", f.Hub)
	add("current", "application/rss+xml", f.Current)
	add("prev-archive", "application/rss+xml", f.Prev)
	add("next-archive", "application/rss+xml", f.Next)
	ch.Categories = rssOutCategories(f.Categories)
	for i := range f.Items {
		ch.Items = append(ch.Items, rssOutOf(&f.Items[i]))
	}
	out := &rssOut{
		Version: "2.0", Content: "http://purl.org/rss/1.0/modules/content/", DC: "http://purl.org/dc/elements/1.1/",
		Atom: "http://www.w3.org/2005/Atom", Media: "http://search.yahoo.com/mrss/", Channel: ch,
	}
	if f.Archive {
		out.FH, ch.Archive = historySpace, &struct{}{}
	}
	return outXML(out, f)
}

// rssTitle is a plain title as RSS carries it. The format does not say whether a
// title is HTML, and readers differ: one that reads alike both ways stays as it
// is, and one with what HTML takes for a tag or a reference is escaped, since it
// would else vanish or, worse, run.
func rssTitle(s string) string {
	if looksLikeHTML.MatchString(s) {
		return htmlText.Replace(s)
	}
	return s
}

var looksLikeHTML = regexp.MustCompile(`<[a-zA-Z/!?]|&[#a-zA-Z]`)

func rssOutOf(it *Item) *rssOutItem {
	out := &rssOutItem{
		RssItem: &gorilla.RssItem{
			Title: rssTitle(it.Title), Link: it.Link, Description: htmlText.Replace(outPlain(it)),
			Guid: &gorilla.RssGuid{Id: it.ID, IsPermaLink: "false"},
		},
		Lang: it.Lang, Rights: it.Rights, Categories: rssOutCategories(it.Categories),
	}
	if it.Content != "" {
		out.RssItem.Content = &gorilla.RssContent{Content: it.Content}
	}
	if !it.Published.IsZero() {
		out.PubDate = it.Published.UTC().Format(time.RFC1123Z)
	}
	if !it.Updated.IsZero() && !it.Updated.Equal(it.Published) {
		out.Updated = outRFC3339(it.Updated)
	}
	for _, p := range it.Authors {
		name := p.Name
		if name == "" {
			name = p.Email
		}
		out.Creators = append(out.Creators, name)
	}
	if len(it.Enclosures) > 0 { // RSS 2.0 has room for one
		e := it.Enclosures[0]
		out.Enclosure = &gorilla.RssEnclosure{Url: e.URL, Type: e.Type, Length: fmt.Sprint(e.Length)}
		if e.Type == "" {
			out.Enclosure.Type = "application/octet-stream" // required
		}
	}
	if it.Origin != nil && it.Origin.Self != "" {
		out.Source = &rssOutSource{it.Origin.Self, it.Origin.Title}
	}
	if it.Image != "" {
		out.Media = []rssOutMedia{{it.Image, "image"}}
	}
	return out
}

func rssOutCategories(cs []Category) (out []rssOutCategory) {
	for _, c := range cs {
		out = append(out, rssOutCategory{c.Scheme, c.Term})
	}
	return out
}

// outXML lets gorilla write the document, and puts the stylesheet behind the
// XML declaration.
func outXML(x gorilla.XmlFeed, f *Feed) ([]byte, error) {
	var b bytes.Buffer
	if err := gorilla.WriteXML(x, &b); err != nil {
		return nil, fmt.Errorf("write XML: %w", err)
	}
	b.WriteByte('\n')
	out := b.Bytes()
	if end := bytes.Index(out, []byte("?>")); f.Self != "" && end > 0 {
		end += 2
		out = append(append(append([]byte(nil), out[:end]...), ("\n"+stylesheet(f)+"\n")...), bytes.TrimLeft(out[end:], "\n")...)
	}
	return out, nil
}
