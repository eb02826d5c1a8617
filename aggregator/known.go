package aggregator

import (
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

// clash says whether an item that was read goes by a key of one that was passed
// over. Two items under one key in one document is what decides whether its guids
// are identities, and which of the two is the known one.
func clash(keys [][]string, skipped []feeds.Sum, mem Memory) bool {
	if len(skipped) == 0 {
		return false
	}
	passed := passedOver(skipped, mem)
	for _, ks := range keys {
		for _, k := range ks {
			if passed[k] {
				return true
			}
		}
	}
	return false
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
