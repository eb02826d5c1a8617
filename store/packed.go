package store

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/klauspost/compress/s2"

	"github.com/wiredesk/wiredesk/feeds"
)

// packed is the first byte of an item stored as a block of S2. One stored as JSON,
// as all were before the fourteenth schema, begins with a brace.
const packed = 2

// pack is an item as it is stored. It has its text twice, as HTML and plain, so
// that less than half is left; S2 takes less time for that than the engine does
// for the pages saved.
func pack(it *feeds.Item) ([]byte, error) {
	var doc bytes.Buffer
	to := json.NewEncoder(&doc)
	to.SetEscapeHTML(false) // no page has it inside: < need not be six bytes
	if err := to.Encode(it); err != nil {
		return nil, err
	}
	block := make([]byte, 1+s2.MaxEncodedLen(doc.Len()))
	block[0] = packed
	return block[:1+len(s2.Encode(block[1:], doc.Bytes()))], nil
}

// maxItem is more bytes than any item has as JSON: so many fields of a megabyte
// (DESIGN 11), each sign an escape, are in no document of ten.
const maxItem = 100 << 20

// unpack is the JSON of a stored item. It may be part of stored.
func unpack(stored []byte) ([]byte, error) {
	if len(stored) == 0 || stored[0] != packed {
		return stored, nil
	}
	n, err := s2.DecodedLen(stored[1:])
	if err == nil && n > maxItem {
		err = fmt.Errorf("%d bytes", n)
	}
	var doc []byte
	if err == nil {
		doc, err = s2.Decode(nil, stored[1:])
	}
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	return doc, nil
}
