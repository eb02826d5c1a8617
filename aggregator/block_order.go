package aggregator

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/aggregator/topic"
	"github.com/wiredesk/wiredesk/feeds"
)

// blocks finds the order that blocks, of those about one thing: for each aim the
// last holds.
func blocks(orders []Order) (o Order, ok bool) {
	off := map[string]bool{}
	for _, o := range slices.Backward(orders) {
		switch {
		case o.Kind != Block || off[o.aim()]:
		case !o.Off:
			return o, true
		default:
			off[o.aim()] = true
		}
	}
	return Order{}, false
}

// aim is what a block is about. Two about one item are, under whichever of its
// keys.
func (o *Order) aim() string {
	switch {
	case o.Key != "":
		return "item"
	case o.Source != "":
		return "source " + o.Source
	case o.URL != "":
		return "url " + o.URL
	}
	return "words " + o.Words
}

// SameAim says whether two blocks are about the same, so that the later one holds.
func (o *Order) SameAim(other *Order) bool {
	return o.aim() == other.aim() && o.Source == other.Source && o.Key == other.Key
}

// Blocked is the block that holds for a record, as far as its Blocks are read.
func (r *Record) Blocked() (o Order, ok bool) { return blocks(r.Blocks) }

// maxBlockText is how many characters an address, words or a reason have at most.
const maxBlockText = 1000

// checkBlock says what is wrong with a block.
func (o *Order) checkBlock() error {
	if n := max(utf8.RuneCountInString(o.URL), utf8.RuneCountInString(o.Words), utf8.RuneCountInString(o.Why)); n > maxBlockText {
		return fmt.Errorf("block: a text has %d characters, at most %d", n, maxBlockText)
	}
	named := 0
	for _, is := range []bool{o.Source != "", o.URL != "", o.Words != ""} {
		if is {
			named++
		}
	}
	switch {
	case named == 0:
		return errors.New("block: name what: an item by its URL or number, or --source, --url or --words")
	case named > 1:
		return errors.New("block: name one thing: an item, --source, --url or --words")
	case o.URL != "" && everyPage(*o) && !o.Off:
		return fmt.Errorf("block: %q is every address: name a host", o.URL)
	case o.Words != "" && !o.Off:
		return checkWords(o.Words)
	}
	return nil
}

// everyPage finds a pattern that takes addresses which have nothing in common.
func everyPage(o Order) bool {
	p := pageOf(o)
	return p.match != nil && p.match.MatchString("q/") && p.match.MatchString("0.1/zz")
}

// checkWords refuses words that cannot be read and those that everything has,
// or lacks.
func checkWords(text string) error {
	q, errs := topic.ParseQuery(text)
	for _, e := range errs {
		if !e.Warning {
			return fmt.Errorf("block: words, character %d: %s: %s", e.Offset+1, strings.TrimPrefix(e.Msg, "query: "), e.Help)
		}
	}
	for _, it := range []feeds.Item{{}, {Title: "qzxj", Text: "qzxj"}, {Title: "ظغضث", Text: "ظغضث"}} {
		if q.Holds(topic.Doc{Item: &it}) {
			return fmt.Errorf("block: the words %q match everything: name what is to go", text)
		}
	}
	return nil
}
