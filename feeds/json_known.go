package feeds

import (
	"bytes"
	"crypto/sha256"
	"strings"
)

// jsonSum is the sum of an item's raw value.
func jsonSum(raw []byte) Sum {
	h := sha256.New()
	h.Write([]byte("json\x00"))
	h.Write(raw)
	return Sum(h.Sum(nil)[:16])
}

// cutKnown leaves known items, of the first MaxItems, out of a JSON Feed without
// decoding it, and says which. It follows strings and brackets
// only: a known item has been decoded before, so it is whole. Where it is not
// sure which array the decoder will take for the items, it leaves all in.
func cutKnown(text []byte, known map[Sum]bool) (rest []byte, skipped []Sum) {
	start := itemsArray(text)
	if start == 0 || len(known) == 0 {
		return text, nil
	}
	rest = make([]byte, 0, len(text)/4)
	rest = append(rest, text[:start]...)
	at, all, kept := start, 0, 0
	for {
		at += leading(text[at:])
		if at >= len(text) || text[at] == ']' {
			break
		}
		n := jsonValue(text[at:])
		if n == 0 {
			return text, nil
		}
		value := text[at : at+n]
		if all++; all <= MaxItems && known[jsonSum(value)] {
			skipped = append(skipped, jsonSum(value))
		} else {
			if kept > 0 {
				rest = append(rest, ',')
			}
			rest = append(rest, value...)
			kept++
		}
		at += n
		at += leading(text[at:])
		if at < len(text) && text[at] == ',' {
			at++
		} else if at >= len(text) || text[at] != ']' {
			return text, nil
		}
	}
	return append(rest, text[at:]...), skipped
}

func leading(b []byte) int {
	return len(b) - len(bytes.TrimLeft(b, " \t\r\n"))
}

// itemsArray is the offset behind the [ of the items; 0 when they cannot be told.
func itemsArray(text []byte) int {
	found := 0
	at := 1 + leading(text[1:]) // behind the {
	for at < len(text) && text[at] == '"' {
		n := jsonValue(text[at:])
		if n == 0 {
			return 0
		}
		key := string(text[at+1 : at+n-1])
		at += n
		at += leading(text[at:])
		if at >= len(text) || text[at] != ':' {
			return 0
		}
		at++
		at += leading(text[at:])
		if strings.ContainsRune(key, '\\') {
			return 0
		}
		if strings.EqualFold(key, "items") {
			if found != 0 || at >= len(text) || text[at] != '[' {
				return 0
			}
			found = at + 1
		}
		if n = jsonValue(text[at:]); n == 0 {
			return 0
		}
		at += n
		at += leading(text[at:])
		if at < len(text) && text[at] == ',' {
			at++
			at += leading(text[at:])
		}
	}
	return found
}

// jsonValue is the length of the value that b starts with, by its brackets and
// quotes alone; 0 when it has no end.
func jsonValue(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	if b[0] != '{' && b[0] != '[' && b[0] != '"' {
		return max(bytes.IndexAny(b, ",]} \t\r\n"), 0)
	}
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			n := jsonString(b[i:])
			if n == 0 {
				return 0
			}
			i += n - 1
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if depth == 0 {
			return i + 1
		}
	}
	return 0
}

// jsonString is the length of a string with its quotes; 0 when it has no end.
func jsonString(b []byte) int {
	for i := 1; i < len(b); i++ {
		j := bytes.IndexByte(b[i:], '"')
		if j < 0 {
			return 0
		}
		i += j
		escapes := 0
		for b[i-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return i + 1
		}
	}
	return 0
}
