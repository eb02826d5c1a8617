package aggregator

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"io"
	"net/url"

	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/clean"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// identify gives every item of a document its keys, the surest first: "g:" its
// guid, "l:" its canonical link with its folded title, "t:" its title and text
// when it has neither, "a:" its outlet and title alone when an aggregator wraps it
// anew at each fetch. Loose guids are no identity. Keys are sums, so a guid of
// 10 KB costs what any other does.
func identify(items []feeds.Item, loose bool) [][]string {
	keys := make([][]string, len(items))
	for i := range items {
		keys[i] = keysOf(&items[i], !loose)
	}
	return keys
}

// looseGuids says whether a guid stands on several links in one document: then
// no guid of its source is to be trusted (DESIGN 7).
func looseGuids(items []feeds.Item) bool {
	links := map[string]string{}
	for i := range items {
		it := &items[i]
		if it.ID == "" || it.Link == "" {
			continue
		}
		key := clean.Key(it.Link)
		if other, ok := links[it.ID]; ok && other != key {
			return true
		}
		links[it.ID] = key
	}
	return false
}

func keysOf(it *feeds.Item, trusted bool) []string {
	if wrapped(it) {
		return []string{key("a:", words.Fold(it.Origin.Title), words.Fold(it.Title))}
	}
	var keys []string
	if it.ID != "" && trusted {
		keys = append(keys, key("g:", it.ID))
	}
	if it.Link != "" {
		keys = append(keys, key("l:", clean.Key(it.Link), words.Fold(it.Title)))
	}
	if len(keys) == 0 {
		keys = append(keys, key("t:", it.ID, words.Fold(it.Title), it.Text))
	}
	return keys
}

// wrapped says whether an item comes from Google News, which gives it another
// link and guid at every fetch. Its outlet and its title are all that stays.
func wrapped(it *feeds.Item) bool {
	u, err := url.Parse(it.Link)
	return err == nil && u.Hostname() == "news.google.com" && it.Origin != nil && it.Origin.Title != "" && it.Title != ""
}

func key(kind string, parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		field(h, p)
	}
	return kind + base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:15])
}

// field writes a string so that no two lists of fields write the same bytes.
func field(h hash.Hash, s string) {
	io.WriteString(h, s)
	h.Write([]byte{0})
}

// sumOf sums what a reader sees of an item. Another sum under the same key is a
// revision.
func sumOf(it *feeds.Item) []byte {
	h := sha256.New()
	link := it.Link
	if wrapped(it) {
		link = ""
	}
	for _, s := range []string{it.Title, link, it.Summary, it.Content} {
		field(h, s)
	}
	return h.Sum(nil)[:16]
}

// A sorting is what a document's items are, against what the store knows.
type sorting struct {
	fresh []int         // indexes of new items
	again map[int]int64 // index of a known item whose text changed → its record
	keys  []Seen        // keys of known items to be stored anew
}

// sort compares items with what the store has seen of their keys. An item is
// known by its first key, or by a later one unless that record is already
// claimed by another item of the same document.
func sortItems(items []feeds.Item, keys [][]string, seen map[string]Seen) sorting {
	owner := claims(keys, seen)
	s := sorting{again: map[int]int64{}}
	inDoc := map[string]bool{}
	for i := range items {
		first := keys[i][0]
		if inDoc[first] {
			continue // the same item again
		}
		inDoc[first] = true
		was, ok := match(i, keys[i], seen, owner)
		if !ok {
			s.fresh = append(s.fresh, i)
			continue
		}
		s.keys = append(s.keys, renew(was, keys[i], items[i].Raw, seen)...)
		if was.Record != 0 && was.Sum != nil && !bytes.Equal(was.Sum, sumOf(&items[i])) {
			s.again[i] = was.Record
		}
	}
	return s
}

// renew lists the keys of a known item that the store has otherwise: those back
// in the document or read from other bytes, and those that lead nowhere yet. An
// item whose guid has moved is found by its link and title today; tomorrow its
// title changes, and only the new guid is left to know it by.
func renew(was Seen, keys []string, raw feeds.Sum, seen map[string]Seen) (more []Seen) {
	for _, k := range keys {
		stored, ok := seen[k]
		switch {
		case !ok:
			more = append(more, Seen{Key: k, Record: was.Record, Raw: raw})
		case stored.Left || stored.Raw != raw:
			more = append(more, Seen{Key: k, Record: stored.Record, Raw: raw})
		}
	}
	return more
}

// claims says which item owns each known record by its first key.
func claims(keys [][]string, seen map[string]Seen) map[int64]int {
	owner := map[int64]int{}
	for i := range keys {
		if was, ok := seen[keys[i][0]]; ok && was.Record != 0 {
			if _, taken := owner[was.Record]; !taken {
				owner[was.Record] = i
			}
		}
	}
	return owner
}

func match(i int, keys []string, seen map[string]Seen, owner map[int64]int) (Seen, bool) {
	for n, k := range keys {
		was, ok := seen[k]
		if !ok {
			continue
		}
		if by, taken := owner[was.Record]; n == 0 || !taken || by == i {
			if was.Record != 0 {
				owner[was.Record] = i
			}
			return was, true
		}
	}
	return Seen{}, false
}
