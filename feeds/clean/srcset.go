package clean

import (
	"strconv"
	"strings"
)

// A candidate is one picture of a srcset.
type candidate struct {
	address string
	size    float64 // its width in pixels, or its density; 0 when it says none
}

const blanks = " \t\n\f\r"

// candidates reads a srcset as browsers do (HTML, "parse a srcset attribute"):
// an address ends at a blank, so a comma may stand in it; only one that ends it
// separates.
func candidates(srcset string) (out []candidate) {
	for {
		srcset = strings.TrimLeft(srcset, blanks+",")
		if srcset == "" {
			return out
		}
		end := strings.IndexAny(srcset, blanks)
		if end < 0 {
			end = len(srcset)
		}
		c := candidate{address: strings.TrimRight(srcset[:end], ",")}
		alone := len(c.address) < end
		srcset = srcset[end:]
		if !alone {
			var said string
			said, srcset = descriptors(srcset)
			c.size = size(said)
		}
		out = append(out, c)
	}
}

// descriptors cuts at the comma that ends a candidate: not at one in parentheses.
func descriptors(s string) (said, rest string) {
	depth := 0
	for i, r := range s {
		switch {
		case r == '(':
			depth++
		case r == ')' && depth > 0:
			depth--
		case r == ',' && depth == 0:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// size reads 640w or 2x; a height says nothing beside them. What cannot be read
// is the smallest.
func size(said string) float64 {
	for _, d := range strings.Fields(said) {
		if number := strings.TrimRight(d, "wx"); len(number) == len(d)-1 {
			if n, err := strconv.ParseFloat(number, 64); err == nil && n > 0 {
				return n
			}
		}
	}
	return 0
}
