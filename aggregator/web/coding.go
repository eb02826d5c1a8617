package web

import (
	"strings"

	"github.com/wiredesk/wiredesk/aggregator"
)

// A taste is how much a reader wants each coding, in thousandths: 0 for never. The
// last place is that of the document as it is.
type taste [len(aggregator.Codings) + 1]int

const (
	plain   = len(aggregator.Codings) // the place of no coding
	unnamed = -1
)

// tasteOf reads the lines of an Accept-Encoding field (RFC 9110, 12.5.3). Without
// one anything would do, and we take that for a reader that decodes nothing. A
// coding is what it is named with, or else what * is, or else unwanted; but for
// none at all, which is the last resort unless it is named or excluded. What
// cannot be read excludes what it names.
func tasteOf(lines []string) taste {
	var t taste
	for i := range t {
		t[i] = unnamed
	}
	others := unnamed // *
	for _, line := range lines {
		for more := true; more; {
			var member string
			member, line, more = strings.Cut(line, ",")
			name, weight, weighted := strings.Cut(member, ";")
			q := 1000
			if weighted {
				q = quality(weight)
			}
			if name = strings.Trim(name, " \t"); name == "*" {
				others = less(others, q)
			} else if at := place(name); at >= 0 {
				t[at] = less(t[at], q)
			}
		}
	}
	for i := range t {
		switch {
		case t[i] == unnamed && others != unnamed:
			t[i] = others
		case t[i] == unnamed && i != plain:
			t[i] = 0
		}
	}
	return t
}

// less is the smaller weight of a coding that is named twice: a refusal counts.
func less(before, now int) int {
	if before == unnamed {
		return now
	}
	return min(before, now)
}

// place is where a coding stands in a taste, -1 for one that we do not have.
func place(name string) int {
	for i, coding := range aggregator.Codings {
		if strings.EqualFold(name, coding) {
			return i
		}
	}
	switch {
	case strings.EqualFold(name, "identity"):
		return plain
	case strings.EqualFold(name, "x-gzip"): // an old name of it (RFC 9110, 8.4.1.3)
		return place("gzip")
	}
	return -1
}

// quality reads a weight "q=0.5" in thousandths, 0 for what is none: a digit 0 or
// 1 and at most three decimals, no more than 1 together (RFC 9110, 12.4.2).
func quality(weight string) int {
	s := strings.Trim(weight, " \t")
	if len(s) < 3 || s[0]|0x20 != 'q' || s[1] != '=' {
		return 0
	}
	s = s[2:]
	if s[0] != '0' && s[0] != '1' || len(s) > 5 || len(s) > 1 && s[1] != '.' {
		return 0
	}
	q := int(s[0]-'0') * 1000
	for i, step := 2, 100; i < len(s); i, step = i+1, step/10 {
		if s[i] < '0' || s[i] > '9' {
			return 0
		}
		q += int(s[i]-'0') * step
	}
	if q > 1000 {
		return 0
	}
	return q
}

// choose takes the representation of a document that a reader likes best; of those
// it likes as well, the smallest. The document as it is goes to whoever takes no
// coding, even if it refuses that too: better than nothing.
func choose(doc *aggregator.Document, t taste) (*aggregator.Representation, error) {
	for {
		best := plain
		for i, q := range t[:plain] {
			if q > 0 && q >= t[plain] && (best == plain || q > t[best]) {
				best = i
			}
		}
		if best == plain {
			return doc.Plain(), nil
		}
		rep, err := doc.In(best)
		if rep != nil || err != nil {
			return rep, err
		}
		t[best] = 0 // it would not be smaller
	}
}
