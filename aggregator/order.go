package aggregator

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/aggregator/topic"
)

// The kinds of orders. The store keeps any kind; the desk passes over those it
// does not know.
const (
	Put      = "put"      // the item is in Topic, whatever its score
	Drop     = "drop"     // the item is out of Topic
	Pin      = "pin"      // its entry stands first on the page of Edition
	Note     = "note"     // Text is shown with the item, as the desk's own words
	Headline = "headline" // Text is shown instead of the item's title
	Merge    = "merge"    // the item tells the story of With
	Split    = "split"    // the item tells a story of its own
	Block    = "block"    // the item, all of Source, URL or Words is published no more, see Blocks
)

// maxOrderText is how many characters a note or a headline has at most.
const maxOrderText = 300

// An Order is a decision by hand. It is stored for ever and outranks every rule;
// of two about the same thing the later one holds, so that an undo is another
// order. Its JSON form is a line of `wiredesk export orders`.
type Order struct {
	ID   int64     `json:"order"` // 0 before the store has given one; grows
	At   time.Time `json:"at"`
	By   string    `json:"by"` // who gave it
	Kind string    `json:"kind"`

	// Which item. Source and Key name it in any database that ever holds it;
	// Title and Link are what it said when the order was given.
	Source string `json:"source"`
	Key    string `json:"key"`
	Title  string `json:"title"`
	Link   string `json:"link"`

	Topic   string    `json:"topic,omitempty"`   // of Put and Drop
	Edition string    `json:"edition,omitempty"` // of Pin
	Until   time.Time `json:"until,omitzero"`    // of Pin; zero: until it is taken off
	Off     bool      `json:"off,omitempty"`     // of Pin and Block: it is taken off
	Text    string    `json:"text,omitempty"`    // of Note and Headline; "" takes it away
	With    *Ref      `json:"with,omitempty"`    // of Merge
	URL     string    `json:"url,omitempty"`     // of Block: an address, or a pattern with "*", see BlockPattern
	Words   string    `json:"words,omitempty"`   // of Block: in the language of topics
	Why     string    `json:"why,omitempty"`     // of Block: for the desk alone
}

// A Ref names another item in an order, as an order names its own.
type Ref struct {
	Source string `json:"source"`
	Key    string `json:"key"`
	Title  string `json:"title"`
	Link   string `json:"link"`

	Record int64 `json:"-"` // which it is in this database; 0 when it is not stored
	Story  int64 `json:"-"` // which it tells; 0 when none
}

// Check says what is wrong with an order before it is stored for ever.
func (o *Order) Check() error {
	if o.By == "" {
		return fmt.Errorf("%s: nobody gives the order: name them with --by", o.Kind)
	}
	if n := utf8.RuneCountInString(o.Text); n > maxOrderText {
		return fmt.Errorf("%s: the text has %d characters, at most %d", o.Kind, n, maxOrderText)
	}
	for _, s := range []string{o.Text, o.By, o.URL, o.Words, o.Why} {
		if !utf8.ValidString(s) || strings.ContainsFunc(s, hidden) {
			return fmt.Errorf("%s: %q holds control characters: write one line of plain text", o.Kind, s)
		}
	}
	if o.Kind == Block {
		return o.checkBlock()
	}
	return nil
}

// hidden finds what has no place in a line of text: control characters, line
// separators, what XML forbids, and the marks that turn the direction of all
// that follows. The marks of one place (LRM, RLM, ALM) are right in a title.
func hidden(r rune) bool {
	switch {
	case unicode.IsControl(r), r == '\u2028', r == '\u2029', r == '\ufffe', r == '\uffff':
		return true
	default:
		return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
	}
}

// LastOrder is the id of the newest order about r, 0 when there is none.
func (r *Record) LastOrder() int64 {
	if len(r.Orders) == 0 {
		return 0
	}
	return r.Orders[len(r.Orders)-1].ID
}

// obey puts what was put and takes out what was dropped, over the scores, which
// stay as they are. Orders about topics that the plan does not have wait there.
func obey(plan *Plan, matches []topic.Match, orders []Order) []topic.Match {
	for _, o := range orders {
		if o.Kind != Put && o.Kind != Drop || !plan.hasTopic(o.Topic) {
			continue
		}
		i := slices.IndexFunc(matches, func(m topic.Match) bool { return m.Topic == o.Topic })
		if i < 0 {
			matches = append(matches, topic.Match{Topic: o.Topic})
			i = len(matches) - 1
		}
		matches[i].In, matches[i].By = o.Kind == Put, o.Kind
	}
	return matches
}

func (p *Plan) hasTopic(id string) bool {
	for _, t := range p.Config.Topics {
		if t.ID == id {
			return true
		}
	}
	return false
}

// pinned finds the pin that holds for a record in an edition.
func pinned(orders []Order, edition string, now time.Time) (o Order, ok bool) {
	for _, p := range orders {
		if p.Kind == Pin && p.Edition == edition {
			o, ok = p, !p.Off && (p.Until.IsZero() || p.Until.After(now))
		}
	}
	return o, ok
}

// expires is when the first of a record's pins ends; zero: none does. The desk
// files the record again then, since a document knows no clock (I7).
func expires(plan *Plan, orders []Order, now time.Time) (first time.Time) {
	for _, ed := range plan.Config.Editions {
		o, ok := pinned(orders, ed.ID, now)
		if ok && !o.Until.IsZero() && (first.IsZero() || o.Until.Before(first)) {
			first = o.Until
		}
	}
	return first
}

// placed finds the order that says which story a record tells, and the story; 0:
// no order does, or the item it was merged with tells none today.
func placed(r *Record) (story int64, rule string) {
	for _, o := range slices.Backward(r.Orders) {
		switch {
		case o.Kind == Split:
			return r.ID, fmt.Sprintf("split by hand: order %d of %s", o.ID, o.By)
		case o.Kind == Merge && o.With != nil && o.With.Story != 0:
			return o.With.Story, fmt.Sprintf("merged by hand with item %d of %s: order %d of %s", o.With.Record, o.With.Source, o.ID, o.By)
		case o.Kind == Merge:
			return 0, ""
		}
	}
	return 0, ""
}

// mark puts the desk's own words and pin on a telling and says what changed:
// anything, and what readers read.
func (t *Telling) mark(orders []Order, edition string, now time.Time) (changed, text bool) {
	was := *t
	t.Headline, t.Remark = "", ""
	for _, o := range orders {
		switch o.Kind {
		case Headline:
			t.Headline = o.Text
		case Note:
			t.Remark = o.Text
		}
	}
	_, t.Pinned = pinned(orders, edition, now)
	text = t.Headline != was.Headline || t.Remark != was.Remark
	return text || t.Pinned != was.Pinned, text
}
