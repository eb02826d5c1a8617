package feeds

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// An Outline is a feed in a list of feeds.
type Outline struct {
	Title string
	URL   string // of the feed; "": the page alone is told
	Page  string // of its site; may be ""
	Lang  string // BCP 47; may be ""
	Tags  []string
}

type opmlOut struct {
	XMLName xml.Name `xml:"opml"`
	Version string   `xml:"version,attr"`
	Title   string   `xml:"head>title"`
	Date    string   `xml:"head>dateModified,omitempty"`
	Body    opmlBody `xml:"body"`
}

type opmlOutline struct {
	XMLName xml.Name `xml:"outline"`
	Type    string   `xml:"type,attr"`
	Text    string   `xml:"text,attr"`
	Title   string   `xml:"title,attr"`
	XMLURL  string   `xml:"xmlUrl,attr,omitempty"`
	URL     string   `xml:"url,attr,omitempty"` // of type link
	HTMLURL string   `xml:"htmlUrl,attr,omitempty"`
	Lang    string   `xml:"language,attr,omitempty"`
	Tags    string   `xml:"category,attr,omitempty"`
}

type opmlBody struct {
	Outlines []opmlOutline
}

// WriteOPML renders a list of feeds as OPML 2.0. Its dates are RFC 822, as the
// specification asks.
func WriteOPML(title string, updated time.Time, outlines []Outline) ([]byte, error) {
	var body opmlBody
	for _, o := range outlines {
		name, page := outText(o.Title), outURL(o.Page)
		if u := outURL(o.URL); u == "" && page != "" {
			body.Outlines = append(body.Outlines, opmlOutline{
				Type: "link", Text: name, Title: name, URL: page, Lang: o.Lang, Tags: outText(strings.Join(o.Tags, ",")),
			})
		} else if u != "" {
			body.Outlines = append(body.Outlines, opmlOutline{
				Type: "rss", Text: name, Title: name, XMLURL: u, HTMLURL: page,
				Lang: o.Lang, Tags: outText(strings.Join(o.Tags, ",")),
			})
		}
	}
	out := opmlOut{Version: "2.0", Title: outText(title), Body: body}
	if !updated.IsZero() {
		out.Date = updated.UTC().Format(time.RFC1123Z)
	}
	data, err := xml.MarshalIndent(out, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write OPML: %w", err)
	}
	return append([]byte(xml.Header), append(data, '\n')...), nil
}
