package feeds

import "time"

// A Format names a syntax that Parse reads or Write writes.
type Format string

const (
	RSS  Format = "rss"  // RSS 2.0 and its ancestors 0.9x
	RDF  Format = "rdf"  // RSS 1.0 and 0.90; read only
	Atom Format = "atom" // RFC 4287
	JSON Format = "json" // JSON Feed 1.1
)

// Meta is what the answer said about a document, beside its bytes.
type Meta struct {
	URL         string // the document's own address, after redirects: the base of relative links
	Location    string // the Content-Location header: another base, which may be relative itself; "" when absent
	ContentType string // the Content-Type header as sent, with its charset; "" when unknown
	Language    string // the Content-Language header; "" when unknown
}

// A Feed is what one document says. Parse fills it from untrusted bytes: until
// package clean has seen it, its HTML is raw and its links may be anything.
// The same type goes into Write, which expects clean values.
type Feed struct {
	Format      Format
	ID          string // atom:id; "" elsewhere
	Title       string // HTML as found after Parse; plain text after clean and for Write
	Description string // subtitle: HTML, for Write plain text
	Link        string // the HTML page of the feed
	Self        string // rel="self": where the feed says it lives
	Hub         string // rel="hub" (WebSub)
	Prev        string // rel="prev-archive" (RFC 5005, 4), next_url in JSON: what was published before
	Next        string // rel="next-archive": what was published after; in an archive
	Current     string // rel="current": in an archive, the feed to subscribe to
	Archive     bool   // fh:archive: it does not change, and is no feed to subscribe to
	Lang        string // BCP 47; "" when the document has none
	Rights      string // plain text after clean
	Generator   string
	Image       string // logo or icon
	Updated     time.Time
	Base        string // what relative links in its HTML start from; clean empties it
	Authors     []Person
	Categories  []Category
	Items       []Item
	Gone        []string // ids of items that the publisher takes back (at:deleted-entry, RFC 6721) and that Items does not hold

	// What the document asks of those who poll it (RSS 2.0 ttl, skipHours, skipDays).
	TTL       time.Duration // 0 when absent
	SkipHours []int         // 0 to 23, GMT
	SkipDays  []time.Weekday

	Context Sum    // what items inherit from the document, see Known
	Skipped []Sum  // known items that were passed over, in order
	Charset string // the charset Parse decoded from, as an IANA name in lower case
	Invalid int    // items that could not be read at all, such as null in a JSON Feed
	Over    int    // items beyond MaxItems, newest kept
}

// An Item is one thing a feed says; Atom calls it an entry.
type Item struct {
	ID         string      // guid or atom:id, byte for byte as written; "" when absent
	Link       string      // the article at its publisher
	Canonical  string      `json:",omitempty"` // where it says that its text stands first (rel="canonical"); not written
	Title      string      // HTML as found after Parse; plain text after clean and for Write
	Summary    string      // HTML: description, atom:summary
	Content    string      // HTML: content:encoded, atom:content, content_html
	Text       string      // plain text of the fuller of Summary and Content; clean fills it
	Words      int         // how many Text has; clean fills it
	Published  time.Time   // zero when absent or unreadable
	Updated    time.Time   // zero when absent or unreadable
	Authors    []Person    // the item's own, else inherited from its feed
	Categories []Category  // in document order
	Enclosures []Enclosure // audio, video, images the item carries
	Image      string      // lead image; clean fills it when the document names none
	Lang       string      // BCP 47, declared or inherited; clean may detect it; "" unknown
	Rights     string
	Base       string  // what relative links in its HTML start from (xml:base, else the document); clean empties it
	Origin     *Origin // the feed the item says it came from; nil when it says nothing
	Also       []Link  // Write only: other tellings of the same story, in order
	Raw        Sum     `json:"-"` // of the bytes it was read from, see Known; zero when it cannot be known by them
}

// A Person is an author.
type Person struct {
	Name  string
	Email string
	URI   string
}

// A Category is a subject label. Scheme is RSS's domain, Atom's scheme.
type Category struct {
	Term   string
	Scheme string
	Label  string
}

// An Enclosure is a file that belongs to an item.
type Enclosure struct {
	URL    string
	Type   string // media type
	Length int64  // bytes; 0 unknown
}

// An Origin is the feed that an item was first published in: atom:source
// (RFC 4287, 4.2.11), RSS 2.0 <source>.
type Origin struct {
	ID    string `json:"id"` // atom:id of the feed, or its address
	Title string `json:"title"`
	Link  string `json:"link"` // its HTML page
	Self  string `json:"self"` // its own address
}

// A Link is a telling of a story elsewhere.
type Link struct {
	URL       string
	Title     string
	Outlet    string // name of the source
	Lang      string
	Published time.Time
	Copy      bool // its text is a copy of the lead's
}
