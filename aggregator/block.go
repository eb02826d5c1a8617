package aggregator

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

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
// and lifting one gives everything back as it was. They may be asked by several
// goroutines.
type Blocks struct {
	items   map[itemKey][]Order
	sources map[string][]Order
	pages   []page
	words   map[string][]Order // by the id of their topic in terms
	terms   *topic.Set         // nil when no words are blocked

	mu     sync.Mutex          // guards judged
	judged map[verdict][]Order // of stored texts: each is read for every printing
}

// A verdict is which text of which record was judged.
type verdict struct {
	record int64
	sum    string
}

// maxJudged bounds what is remembered. Past it all is judged anew.
const maxJudged = 100_000

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
	return InOrder(append(hits, b.judge(r)...))
}

// judge lists the orders about what an item says, once for each text.
func (b *Blocks) judge(r *Record) []Order {
	if r.ID == 0 || len(r.Sum) == 0 {
		return b.said(r)
	}
	of := verdict{r.ID, string(r.Sum)}
	b.mu.Lock()
	hits, ok := b.judged[of]
	b.mu.Unlock()
	if ok {
		return hits
	}
	hits = b.said(r)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.judged == nil || len(b.judged) >= maxJudged {
		b.judged = map[verdict][]Order{}
	}
	b.judged[of] = hits
	return hits
}

// said lists the orders about an item's addresses and words.
func (b *Blocks) said(r *Record) (hits []Order) {
	hits = b.pagesOf(&r.Item)
	if b.terms != nil {
		for _, m := range b.terms.Match(topic.Doc{Item: &r.Item, Source: r.Source}) {
			if m.In {
				hits = append(hits, b.words[m.Topic]...)
			}
		}
	}
	return hits
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
