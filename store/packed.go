package store

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/klauspost/compress/s2"

	"github.com/wiredesk/wiredesk/feeds"
)

// packed is the first byte of an item stored as a block of S2. One stored as JSON,
// as all were before the fourteenth schema, begins with a brace.
const packed = 2

// pack is an item as it is stored: its long texts as they are, behind a line of JSON
// for all the rest, compressed. It has its text twice, as HTML and plain, so that
// less than half is left; S2 takes less time for that than the engine does for the
// pages saved, and copying texts less than escaping them.
func pack(it *feeds.Item) ([]byte, error) {
	rest := *it
	var doc bytes.Buffer
	doc.Grow(1024 + len(it.Summary) + len(it.Content) + len(it.Text)) // all of most items
	to := json.NewEncoder(&doc)
	to.SetEscapeHTML(false) // no page has it inside: < need not be six bytes
	rest.Summary, rest.Content, rest.Text = "", "", ""
	if err := to.Encode(&rest); err != nil { // one line: it escapes all others
		return nil, err
	}
	for _, text := range []string{it.Summary, it.Content, it.Text} {
		doc.Write(binary.AppendUvarint(doc.AvailableBuffer(), uint64(len(text))))
		doc.WriteString(text)
	}
	block := make([]byte, 1+s2.MaxEncodedLen(doc.Len()))
	block[0] = packed
	return block[:1+len(s2.Encode(block[1:], doc.Bytes()))], nil
}

// maxItem is more bytes than any item has: so many fields of a megabyte (DESIGN 11),
// each sign an escape, are in no document of ten.
const maxItem = 100 << 20

// unpack reads a stored item.
func unpack(stored []byte) (it feeds.Item, err error) {
	if len(stored) == 0 || stored[0] != packed {
		err = json.Unmarshal(stored, &it)
		return it, err
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
		return it, fmt.Errorf("unpack: %w", err)
	}
	line, texts, _ := bytes.Cut(doc, []byte("\n"))
	if err := json.Unmarshal(line, &it); err != nil {
		return it, fmt.Errorf("unpack: %w", err)
	}
	for _, to := range []*string{&it.Summary, &it.Content, &it.Text} {
		size, n := binary.Uvarint(texts)
		if n <= 0 || size > uint64(len(texts)-n) {
			return it, errors.New("unpack: a text is cut off")
		}
		*to, texts = string(texts[n:n+int(size)]), texts[n+int(size):]
	}
	return it, nil
}
