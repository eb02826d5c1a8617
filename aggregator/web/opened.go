package web

import (
	"net/http"
	"strings"

	"github.com/wiredesk/wiredesk/aggregator"
)

// Chromium shows application/rss+xml and application/atom+xml as source, whatever
// their style sheet. Whoever opens such a feed as a page, which a browser says of
// itself (Fetch Metadata, W3C: Sec-Fetch-Dest) and no feed reader does, gets the same
// bytes as XML.
var (
	asPage    = []string{"application/xml; charset=utf-8"}
	byOpening = []string{"Accept-Encoding, Sec-Fetch-Dest"}
)

// styled says whether a document has a style sheet for those who open it.
func styled(doc *aggregator.Document) bool {
	return strings.HasPrefix(doc.Type, "application/rss+xml") || strings.HasPrefix(doc.Type, "application/atom+xml")
}

// opened says whether a request comes from a page being opened.
func opened(h http.Header) bool {
	dest := h["Sec-Fetch-Dest"]
	return len(dest) == 1 && dest[0] == "document"
}
