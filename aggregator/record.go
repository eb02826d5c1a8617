package aggregator

import (
	"time"

	"github.com/wiredesk/wiredesk/aggregator/story"
	"github.com/wiredesk/wiredesk/aggregator/topic"
	"github.com/wiredesk/wiredesk/feeds"
)

// A State is what polling has taught us about a source. It is stored with the
// items that taught it, never apart (I1), and at every poll: what is nothing for
// most sources is left out there.
type State struct {
	Source       string    // id of the config.Source
	URL          string    // the address the state belongs to; another address voids the validators
	ETag         string    `json:",omitzero"` // byte for byte, as one pair with LastModified
	LastModified string    `json:",omitzero"`
	Sum          []byte    `json:",omitzero"` // of the last body read whole and the reader's version, see sumBody
	NextPoll     time.Time // zero: never polled
	LastPoll     time.Time // last attempt
	LastOK       time.Time // last attempt that ended in 200 or 304
	LastNew      time.Time `json:",omitzero"` // last time something new was in it
	Failures     int       `json:",omitzero"` // attempts in a row that failed
	Error        string    `json:",omitzero"` // why the last attempt failed, in words; "" after a good one
	Status       int       // HTTP status of the last answer; 0 when there was none
	Reader       string    // version of what read the last body, see Plan.reader
	Context      feeds.Sum // of the last document read, see feeds.Known
	LooseGuids   bool      `json:",omitzero"` // one guid stood on several links: no guid of this source is an identity
	Alarmed      bool      `json:",omitzero"` // a notice has told that it fails
	Gone         bool      `json:",omitzero"` // answered 410: not polled until the config changes
	Feed         About     // what the last document read said of itself
	Last         Tally     // the ledger of the last poll that read a document
	Total        Tally     // the same, added up since the source is known
	Undated      int       `json:",omitzero"` // of Total.New, how many had no date that can be true

	// What the next poll depends on, see nextPoll.
	Asks     Asks `json:",omitzero"`
	Pace     Pace
	Hurry    int           `json:",omitzero"` // how often the interval is halved, since the document turns over
	Turnover time.Time     `json:",omitzero"` // last time that nothing of the document before was left
	Slow     int           `json:",omitzero"` // how often the interval is doubled, since the origin said 429
	Slowed   time.Time     `json:",omitzero"` // when Slow last changed
	Took     time.Duration // the last poll

	// How it is asked.
	Move     Move      `json:",omitzero"`
	Whole    time.Time // last time a document came, not a 304
	Wrong304 time.Time `json:",omitzero"` // when it turned out that 304 had hidden new items; zero: never, or mended
}

// Asks are what a document asks of those who poll it (RSS 2.0). They hold until
// the next document, through every 304.
type Asks struct {
	TTL       time.Duration  `json:",omitempty"`
	SkipHours []int          `json:",omitempty"` // 0 to 23, UTC
	SkipDays  []time.Weekday `json:",omitempty"` // UTC
}

// A Move is a permanent redirect (301, 308) on its way to being believed.
type Move struct {
	To    string    // "" for none
	Since time.Time // first time it led to a feed
	Times int       // how often it has in a row
}

// An About is what a source's last document said about itself.
type About struct {
	Title  string
	Link   string
	Lang   string
	Rights string `json:",omitzero"`
	Format string
	Hub    string `json:",omitzero"` // its hub (WebSub); "" for none
	Self   string `json:",omitzero"` // where it says it lives: the topic at its hub
}

// A Tally is the ledger of a poll (I9):
// Fetched = New + Changed + Known + Invalid + Over.
type Tally struct {
	Fetched int `json:"fetched"` // items in the document
	New     int `json:"new"`
	Changed int `json:"changed"` // known items with another text
	Known   int `json:"known"`   // known items, unchanged
	Invalid int `json:"invalid"` // items with nothing to keep
	Over    int `json:"over"`    // items beyond the limit
}

// A Seen is an item key that a source's documents have carried. It outlives its
// record, so that a pruned item which the feed still carries never comes back
// as new.
type Seen struct {
	Key    string    // see identify
	Record int64     // 0 once the record is pruned
	Sum    []byte    // of the item's text, to tell a revision; nil for a key never stored
	Raw    feeds.Sum // of the bytes it was last read from; zero when they cannot be known
	Left   bool      // the last document read did not carry it
}

// A Memory is what a source's documents have taught, as far as the next one needs it.
type Memory struct {
	Keys   []Seen // those in the last document read
	Habits []byte // see clean.Habits; nil when there are none
}

// A Record is a stored item.
type Record struct {
	ID        int64 // 0 before the store has given one; grows with arrival
	Source    string
	Key       string   // the identity it was first known by
	Keys      []string // every identity this document gave it, Key among them
	Sum       []byte   // of what a reader sees: title, link, summary, content
	Rev       int      // 1 at first, raised by every changed text
	Item      feeds.Item
	Published time.Time // min(publisher's date, minute of FirstSeen); never moves
	FirstSeen time.Time
	Changed   time.Time // when Rev last rose
	Note      string    // the publisher's correction, as far as it may be shown; "" when there is none
	NoteRev   int       // the revision that brought Note; 0 for none
	Withdrawn time.Time // when the publisher took the item back; zero: it stands

	Signature *story.Signature // what it is compared by; the desk makes it, the store keeps it apart

	Orders []Order // by hand, oldest first; left out where nobody asks for them
	Blocks []Order // blocks about it, of whatever kind, and those lifted; left out likewise

	// What the desk decided. Zero until it has.
	FiledRev   int
	FiledOrder int64 // the last order obeyed
	FiledPlan  string
	FiledSeq   int64
	Matches    []topic.Match // matches and the nearest miss
	Story      int64         // 0 when in no topic
	CopyOf     int64         // record whose text it repeats; 0 for an original
	Rule       string        // which rule placed it, with its figures
	Near       string        // the story that it just does not tell, in words
	Links      []story.Link  // stories in other languages that tell the same
	Aside      string        // why no entry shows it, or not yet, in words; "" when each edition that wants it does
}

// A Batch is everything one poll changes. Records with ID 0 are new, the others
// are revisions.
type Batch struct {
	State   State
	Records []Record
	Keys    []Seen   // keys of known items that are new, back, or stand on other bytes
	Left    []string // keys that the document no longer carries
	Gone    []int64  // records that it takes back (RFC 6721)
	Habits  []byte   // what its items repeat; nil when that is as before
	Dropped bool     // the document was not read (304, error)
	Pushed  bool     // a hub sent it: the state is left alone but for its Source
	At      time.Time
	Notice  *Notice // what the poll tells of its source; nil for nothing
}
