package feeds

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// A Sum is a hash of an item's raw bytes and of all it inherits that decides how
// they are read.
type Sum [16]byte

func (s Sum) String() string { return hex.EncodeToString(s[:]) }

// MarshalText is String, for JSON.
func (s Sum) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText wrote; anything else is zero.
func (s *Sum) UnmarshalText(b []byte) error {
	*s = readSum(string(b))
	return nil
}

// readSum is the sum that String wrote; zero for anything else.
func readSum(s string) (sum Sum) {
	if b, err := hex.DecodeString(s); err == nil && len(b) == len(sum) {
		copy(sum[:], b)
	}
	return sum
}

// Known is what an earlier Parse of the same source's document has read. Parse
// passes over items whose bytes it knows, so that a document costs what is new
// in it. The zero value knows nothing.
type Known struct {
	Context Sum          // Feed.Context of that time
	Items   map[Sum]bool // Item.Raw
}

// context is what items inherit from anywhere in their document: when it is
// another one, what is known of them no longer holds.
func (f *Feed) context(meta Meta) Sum {
	h := sha256.New()
	parts := []string{string(f.Format), meta.URL, meta.Language, f.Lang}
	for _, p := range f.Authors {
		parts = append(parts, p.Name, p.Email, p.URI)
	}
	var b []byte
	for _, p := range parts {
		b = append(append(b, p...), 0)
	}
	h.Write(b)
	return Sum(h.Sum(nil)[:16])
}

// A rawItem is where an item of XML ends, most likely, and the sum it is known by.
type rawItem struct {
	sum Sum
	end int // offset behind its end tag; 0 when it cannot be told
}

// rawItem looks for the end of the item that starts at from: the first end tag
// of its name. That need not be it (it may stand in CDATA, or items be nested).
// So the sum is kept only when the normaliser, reading the item, ends it in just
// that place; from then on the same bytes below the same elements do so again,
// for nothing else goes into how it reads them. What a wrong guess costs is that
// the item is never known and always read.
func (n *normaliser) rawItem(from int, t tag) rawItem {
	if n.endless {
		return rawItem{}
	}
	end := n.at
	if !t.closed {
		endTag := "</" + t.name + ">"
		i := strings.Index(n.src[from:], endTag)
		if n.endless = i < 0; n.endless {
			return rawItem{} // and there is none for those behind it: do not look again
		}
		end = from + i + len(endTag)
	}
	b := n.inherited[:0]
	for i := range n.stack {
		el := &n.stack[i]
		for _, s := range [3]string{el.name, el.lang, el.base} {
			b = append(append(b, s...), 0)
		}
		for _, s := range el.spaces {
			b = append(append(b, s...), 0)
		}
		b = append(b, 0)
	}
	n.inherited = b
	n.hash.Reset()
	n.hash.Write(b)
	n.hash.Write(n.body[from:end])
	n.inherited = n.hash.Sum(b[:0])
	return rawItem{Sum(n.inherited[:16]), end}
}
