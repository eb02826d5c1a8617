// Package feeds reads and writes the formats: RSS 0.9x to 2.0, RSS 1.0, Atom 1.0
// and 0.3, JSON Feed 1 and 1.1, OPML 2.0.
//
//	feed, err := feeds.Parse(body, feeds.Meta{URL: url, ContentType: contentType}, feeds.Known{})
//	clean.Feed(feed, clean.Options{Base: url}) // what Parse returns is untrusted
//	doc, err := feeds.Write(feed, feeds.Atom)
//
// Parse is lenient: it decodes whatever charset the bytes are in, mends what is
// bare or broken, and keeps the complete items of a document that breaks off. It
// is bounded: every limit has its own error. Write is strict: nothing malformed
// leaves it. The parser is gofeed; normalise.go stands before it because gofeed
// loses whole documents to single bytes and dies of deep nesting.
package feeds
