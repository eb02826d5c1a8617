// Package topic is the topic language: it compiles the lists of a config and
// matches one item against all topics at once, with reasons.
//
//	set, errs := topic.Compile(cfg.Topics)
//	for _, m := range set.Match(topic.Doc{Item: &item, Source: "bbc-me"}) {
//		fmt.Println(m.Topic, m.In, m.Score, m.Need, m.Reasons)
//	}
//
// Presence is not aboutness. A topic's score is 3 when its best mention in the
// title is whole, 2 when one stands in the lead, and the sum of all mentions, at
// most 3; a weak mention counts half, in each of the three, so that alone it
// makes 2 in a title. The aim says what is enough: broad 1, standard 3, strict 5
// or a whole mention in the title. The lead is the first 60 words of the text and
// the summary; what both say is counted once. In "a b c"~5 each word stands at
// most five words from the longest.
//
// A query narrows the lists, then the item must satisfy both and the lists score,
// or stands alone, then its terms score as strong ones do, those of what holds.
// What tells where an item comes from (lang: source: site: topic:) scores only
// where nothing beside it does. NOT removes the item, and is its Veto. A query that
// holds by what is not in the item has nothing to score: the item is in, by the
// query. A term of a query holds for every language. topic:other asks for the
// verdict of the other topic's terms; orders by hand are not known here. Figures and sources are in DESIGN 6.
package topic

import (
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// A Doc is an item as topics see it.
type Doc struct {
	Item   *feeds.Item // clean: plain title, plain Text
	Source string      // id
	Home   string      // topic id whose weak terms count whole; "" for none
	Take   string      // topic id it belongs to unless rejected; "" for none
	Tags   []string    // of the source

	// Cut are the words of the item's title and text, where others need them too;
	// nil: Match cuts them. It is not called for an item that a glance is enough for.
	Cut func() (title, text []words.Word)
}

// A Match is a topic's verdict on an item, with its reasons.
type Match struct {
	Topic   string   `json:"topic"`
	In      bool     `json:"in"`              // the item belongs to the topic
	Score   float64  `json:"score"`           // see the package
	Need    float64  `json:"need"`            // what the topic's aim asks for
	Reasons []Reason `json:"reasons"`         // in the order of the text, at most MaxReasons
	Veto    string   `json:"veto,omitempty"`  // the reject term, or the query's under NOT, that put the item out
	Lacks   string   `json:"lacks,omitempty"` // the piece of the query that was not found, and without which the item is out
	By      string   `json:"by,omitempty"`    // what decided when no term did: "take" (the source), "query" (only absence), "put" or "drop" (by hand); "query" when nothing was left to score
}

// A Reason is one mention.
type Reason struct {
	Term   string  `json:"term"`   // as written in the file
	List   string  `json:"list"`   // "strong.en", "weak.ar", "ignore", "reject", "query"
	Field  string  `json:"field"`  // "title", "summary", "body", "tag", …
	Words  string  `json:"words"`  // as they stand in the text
	At     int     `json:"at"`     // index of its first word in the field
	Points float64 `json:"points"` // 1, .5 for a weak mention, 0 when it does not count
}

// MaxReasons bounds what is kept of one match.
const MaxReasons = 20
