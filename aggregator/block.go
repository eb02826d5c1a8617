package aggregator

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/aggregator/topic"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/clean"
)

// Blocks are the orders that take something out for ever, ready to be asked. An
// item may be blocked by itself, by its source, its address or its words.
//
// They change nothing that is stored. Records are filed and entries laid out as
// if nothing were blocked, and whoever reads them for anybody but the desk
// applies the blocks: so they hold at once for what is there and for what comes,
// and lifting one gives everything back as it was.
type Blocks struct {
	items   map[itemKey][]Order
	sources map[string][]Order
	pages   []page
	words   map[string][]Order // by the id of their topic in terms
	terms   *topic.Set         // nil when no words are blocked
}

type itemKey struct{ source, key string }

// A page is the addresses that an order blocks.
type page struct {
	order Order
	key   string         // of the one address, see clean.Key
	match *regexp.Regexp // of a pattern; nil for one address
}

// NewBlocks compiles orders, of which it takes the blocks and those that lift
// one, oldest first. Words that can no longer be read are an error: to leave them
// out would publish what they block.
func NewBlocks(orders []Order) (*Blocks, error) {
	b := &Blocks{items: map[itemKey][]Order{}, sources: map[string][]Order{}, words: map[string][]Order{}}
	var texts []string // of words, in the order they were first blocked
	said := map[string][]Order{}
	for _, o := range orders {
		switch {
		case o.Kind != Block:
		case o.Key != "":
			at := itemKey{o.Source, o.Key}
			b.items[at] = append(b.items[at], o)
		case o.Source != "":
			b.sources[o.Source] = append(b.sources[o.Source], o)
		case o.URL != "":
			b.pages = append(b.pages, pageOf(o))
		default:
			if said[o.Words] == nil {
				texts = append(texts, o.Words)
			}
			said[o.Words] = append(said[o.Words], o)
		}
	}
	return b, b.compile(texts, said)
}

// compile makes one set of all words, each a query of its own.
func (b *Blocks) compile(texts []string, said map[string][]Order) error {
	var topics []*config.Topic
	for i, text := range texts {
		last := said[text][len(said[text])-1]
		if q, errs := topic.ParseQuery(text); q == nil {
			if last.Off {
				continue
			}
			return fmt.Errorf("order %d blocks words that can no longer be read (%s): lift it with block --words '%s' --off, and order it anew", last.ID, errs[0].Msg, text)
		}
		id := strconv.Itoa(i)
		topics = append(topics, &config.Topic{ID: id, Aim: "broad", Query: config.Term{Text: text, Path: id}})
		b.words[id] = said[text]
	}
	if len(topics) == 0 {
		return nil
	}
	set, errs := topic.Compile(topics)
	if set == nil {
		return fmt.Errorf("the words that are blocked: %s", errs[0].Msg)
	}
	b.terms = set
	return nil
}

// Hits lists the orders about a record, oldest first, those that were lifted and
// those that lift among them.
func (b *Blocks) Hits(r *Record) (hits []Order) {
	for _, key := range append([]string{r.Key}, r.Keys...) {
		if at := (itemKey{r.Source, key}); key != "" {
			hits = append(hits, b.items[at]...)
		}
	}
	hits = append(hits, b.sources[r.Source]...)
	hits = append(hits, b.pagesOf(&r.Item)...)
	if b.terms != nil {
		for _, m := range b.terms.Match(topic.Doc{Item: &r.Item, Source: r.Source}) {
			if m.In {
				hits = append(hits, b.words[m.Topic]...)
			}
		}
	}
	return InOrder(hits)
}

// InOrder sorts orders by when they were given, each once.
func InOrder(orders []Order) []Order {
	slices.SortFunc(orders, func(x, y Order) int { return int(x.ID - y.ID) })
	return slices.CompactFunc(orders, func(x, y Order) bool { return x.ID == y.ID })
}

// pagesOf are the orders about an item's addresses.
func (b *Blocks) pagesOf(it *feeds.Item) (hits []Order) {
	if len(b.pages) == 0 {
		return nil
	}
	for _, address := range []string{it.Link, it.Canonical, it.ID} {
		if !IsAddress(address) {
			continue
		}
		key := clean.Key(address)
		for i := range b.pages {
			p := &b.pages[i]
			if p.match == nil && p.key == key || p.match != nil && (p.match.MatchString(bareAddress(address)) || p.match.MatchString(strings.TrimSuffix(key, "?"))) {
				hits = append(hits, p.order)
			}
		}
	}
	return hits
}

// IsAddress says whether a link or guid leads to a page.
func IsAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

func pageOf(o Order) page {
	if !strings.Contains(o.URL, "*") {
		return page{order: o, key: clean.Key(o.URL)}
	}
	pattern := bareAddress(o.URL)
	if strings.HasSuffix(pattern, "/") && !strings.HasSuffix(o.URL, "/") {
		pattern += "*" // hosts, with all they have
	}
	parts := strings.Split(pattern, "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return page{order: o, match: regexp.MustCompile(`(?s)^` + strings.Join(parts, ".*") + `$`)}
}

// bareAddress is an address without scheme and www., its host in small letters.
func bareAddress(s string) string {
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = rest
	}
	host, path, _ := strings.Cut(s, "/")
	return strings.TrimPrefix(strings.ToLower(host), "www.") + "/" + path
}

// BlockPattern is what Order.URL blocks of a prefix or pattern as it was typed:
// with a "*" as it is, else what begins with it. A host alone is that host.
func BlockPattern(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.Contains(s, "*") {
		return s
	}
	return bareAddress(s) + "*"
}

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
