package aggregator

import (
	"slices"
	"time"

	"github.com/wiredesk/wiredesk/feeds"
)

// An Entry is what an edition publishes of a story. Its ID, Published, Title
// and Link are frozen when it is opened (I3).
type Entry struct {
	Edition   string    `json:"edition"`
	ID        string    `json:"id"`     // tag URI (RFC 4151), minted once
	Story     int64     `json:"story"`  // id of the first record of the story
	Part      int       `json:"part"`   // 1, 2, … within (edition, story)
	Opened    time.Time `json:"opened"` // when it was first published, to the minute; its times of joining count from here
	Began     time.Time `json:"began"`  // date of its first item: its 36 hours of items count from here
	Published time.Time `json:"published"`
	Updated   time.Time `json:"updated"` // moves only for a correction, an override or a withdrawal
	Lead      Telling   `json:"lead"`
	Also      []Telling `json:"also"`    // in the order they joined
	Earlier   *Earlier  `json:"earlier"` // the part before; nil for the first

	Number  int64     `json:"-"` // its place in the edition's series; the store gives it, for ever
	Tongues []Telling `json:"-"` // leads of entries that tell its story in other languages; made for each document
}

// An Earlier names the entry that told of a story before, as it was then.
type Earlier struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Link  string `json:"link"`
}

// opened is Opened, for entries that were stored without it too.
func (e *Entry) opened() time.Time {
	if e.Opened.IsZero() {
		return e.Published
	}
	return e.Opened
}

// began is Began, for entries that were stored without it too.
func (e *Entry) began() time.Time {
	if e.Began.IsZero() {
		return e.Published
	}
	return e.Began
}

// A Telling is one item of an entry as it is shown: a copy of what the record
// said when it joined, so that printing needs nothing else.
type Telling struct {
	Record     int64             `json:"record"`
	Source     string            `json:"source"`
	Key        string            `json:"key"`              // the record's, for the id of an entry it leads
	Outlet     string            `json:"outlet"`           // name shown
	Label      string            `json:"label,omitempty"`  // as in "state media"
	Weight     float64           `json:"weight,omitempty"` // of its source, for the choice of a lead
	Title      string            `json:"title"`
	Link       string            `json:"link,omitempty"`
	Lang       string            `json:"lang,omitempty"`
	Summary    string            `json:"summary,omitempty"` // plain text, cut to the source's excerpt
	Content    string            `json:"content,omitempty"` // clean HTML, only with content = "full"
	Words      int               `json:"words,omitempty"`   // of the whole text, for the choice of a lead
	Published  time.Time         `json:"published"`
	Authors    []string          `json:"authors,omitempty"`
	Categories []string          `json:"categories,omitempty"` // the publisher's own, at most five
	Topics     []string          `json:"topics,omitempty"`     // that it matched and the edition publishes
	Image      string            `json:"image,omitempty"`
	Enclosures []feeds.Enclosure `json:"enclosures,omitempty"` // audio and video
	Rights     string            `json:"rights,omitempty"`
	CopyOf     int64             `json:"copy_of,omitempty"`  // record whose text it repeats
	Links      []int64           `json:"links,omitempty"`    // stories in other languages that tell the same
	Credit     string            `json:"credit,omitempty"`   // agency it names as its origin, when that is another
	Facts      []string          `json:"facts,omitempty"`    // figures and names it leads with, to tell later what is new
	Note       string            `json:"note,omitempty"`     // the publisher's correction, in its own words
	NoteRev    int               `json:"note_rev,omitempty"` // the record's revision that brought it
	Withdrawn  time.Time         `json:"withdrawn,omitzero"` // by its publisher; what it said is gone from here
	Headline   string            `json:"headline,omitempty"` // by order, shown instead of Title
	Remark     string            `json:"remark,omitempty"`   // a note by order, the desk's own words
	Pinned     bool              `json:"pinned,omitempty"`   // by order, to the top of its edition's page
	Feed       feeds.Origin      `json:"feed"`               // where we read it; no Self when the source is private
}

// Head is the title that readers see.
func (t Telling) Head() string {
	if t.Headline != "" {
		return t.Headline
	}
	return t.Title
}

// Remarks lists the desk's notes on an entry's tellings, the lead's first.
func (e Entry) Remarks() (notes []string) {
	for _, t := range append([]Telling{e.Lead}, e.Also...) {
		if t.Remark != "" {
			notes = append(notes, t.Remark)
		}
	}
	return notes
}

// Pinned says whether one of e's tellings is pinned. A pin moves an entry on the
// page only: feeds are ordered by date, and readers order them so anyway.
func (e Entry) Pinned() bool {
	return e.Lead.Pinned || slices.ContainsFunc(e.Also, func(t Telling) bool { return t.Pinned })
}

// An Issue is where an edition stands: what its documents' validators say.
type Issue struct {
	Edition   string
	Version   int64     // raised by every change, never goes back
	ChangedAt time.Time // when Version last rose, never goes back
	Print     string    // fingerprint of what the plan says of its look
	Private   bool      // it was private when last printed
	Token     string    // stands for its id in the addresses of a private edition
	Staged    bool      // some of its entries are kept back, see Filing
	Archive   int64     // number of its newest archive; 0 for none. Read with its entries, as is Before
	Before    int64     // the archive that goes on where they end; lower when they hold newer ones whole
	Blocks    int64     // the last block that was given, whatever it is about; 0 for none
}

// A Round is the ledger of one desk round (I9):
// Filed = Unmatched + Lead + Also + Copy.
type Round struct {
	Filed     int
	Unmatched int // in no topic
	Lead      int // first of its story
	Also      int // another telling of a story
	Copy      int // repeats a text already filed
}

func (r *Round) add(o Round) {
	r.Filed += o.Filed
	r.Unmatched += o.Unmatched
	r.Lead += o.Lead
	r.Also += o.Also
	r.Copy += o.Copy
}

// count adds a decided record to the ledger.
func (r *Round) count(rec *Record) {
	r.Filed++
	switch {
	case rec.Story == 0:
		r.Unmatched++
	case rec.CopyOf != 0:
		r.Copy++
	case rec.Story == rec.ID:
		r.Lead++
	default:
		r.Also++
	}
}
