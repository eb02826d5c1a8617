package aggregator

import (
	"slices"
	"strconv"

	"github.com/wiredesk/wiredesk/feeds"
)

// known is what the parser may pass over: the items of the last document, as long
// as the same reader would read them in the same way.
func known(st State, reader string, mem Memory) feeds.Known {
	if st.Reader != reader {
		return feeds.Known{}
	}
	k := feeds.Known{Context: st.Context, Items: make(map[feeds.Sum]bool, len(mem.Keys))}
	for _, m := range mem.Keys {
		if m.Raw != (feeds.Sum{}) {
			k.Items[m.Raw] = true
		}
	}
	return k
}

// clash says whether an item that was read goes by a key, or is a record, of one
// that was passed over. Two items under one key in one document is what decides
// whether its guids are identities, and which of the two is the known one.
func clash(keys [][]string, seen map[string]Seen, skipped []feeds.Sum, mem Memory) bool {
	if len(skipped) == 0 {
		return false
	}
	passed := passedOver(skipped, mem)
	records := map[int64]bool{}
	for _, m := range mem.Keys {
		if m.Record != 0 && passed[m.Key] {
			records[m.Record] = true
		}
	}
	for _, ks := range keys {
		for _, k := range ks {
			if passed[k] || records[seen[k].Record] {
				return true
			}
		}
	}
	return false
}

// unsure takes their bytes' sum from items that share a key or a record with
// another of their document: they have to be read together, always.
func unsure(items []feeds.Item, keys [][]string, seen map[string]Seen) {
	shares := map[string]int{}
	marks := make([][]string, len(keys))
	for i, ks := range keys {
		mine := map[string]bool{}
		for _, k := range ks {
			mine[k] = true
			if r := seen[k].Record; r != 0 {
				mine[strconv.FormatInt(r, 10)] = true
			}
		}
		for m := range mine {
			marks[i] = append(marks[i], m)
			shares[m]++
		}
	}
	for i := range items {
		if slices.ContainsFunc(marks[i], func(m string) bool { return shares[m] > 1 }) {
			items[i].Raw = feeds.Sum{}
		}
	}
}

// left lists the keys of the last document that this one no longer carries.
func left(keys [][]string, skipped []feeds.Sum, mem Memory) (gone []string) {
	here := passedOver(skipped, mem)
	for _, ks := range keys {
		for _, k := range ks {
			here[k] = true
		}
	}
	for _, m := range mem.Keys {
		if !here[m.Key] {
			gone = append(gone, m.Key)
		}
	}
	return gone
}

// passedOver are the keys of items that were passed over.
func passedOver(skipped []feeds.Sum, mem Memory) map[string]bool {
	raw := make(map[feeds.Sum]bool, len(skipped))
	for _, s := range skipped {
		raw[s] = true
	}
	keys := make(map[string]bool, len(mem.Keys))
	for _, m := range mem.Keys {
		if raw[m.Raw] && m.Raw != (feeds.Sum{}) {
			keys[m.Key] = true
		}
	}
	return keys
}
