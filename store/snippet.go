package store

import (
	"slices"
	"strings"

	"github.com/wiredesk/wiredesk/feeds/words"
)

// A Piece is a stretch of a snippet.
type Piece struct {
	Text string
	Hit  bool // it was looked for
}

// Bytes of a snippet; Arabic has half as many letters, Chinese a third.
const (
	snippetSize = 300
	snippetLead = 80 // before the first word looked for
)

// snippet cuts out of a text where most of the terms stand, or where it begins.
func snippet(text string, terms []term) []Piece {
	ws := words.Split(text)
	if len(ws) > maxIndexed {
		ws = ws[:maxIndexed]
	}
	if len(ws) == 0 {
		return nil
	}
	hits := hits(ws, terms)
	from, to := window(ws, hits)
	at, end := ws[from].Start, ws[to].End
	var ps []Piece
	if from > 0 {
		ps = append(ps, Piece{Text: "… "})
	} else {
		at = 0
	}
	more := to < len(ws)-1
	if !more {
		end = len(text)
	}
	for i := from; i <= to; i++ {
		if !hits[i] {
			continue
		}
		if ws[i].Start > at {
			ps = append(ps, Piece{Text: text[at:ws[i].Start]})
		}
		if start := max(at, ws[i].Start); start < ws[i].End {
			ps = append(ps, Piece{text[start:ws[i].End], true})
			at = ws[i].End
		}
	}
	if at < end {
		ps = append(ps, Piece{Text: text[at:end]})
	}
	if more {
		ps = append(ps, Piece{Text: " …"})
	}
	return tidy(ps)
}

// tidy joins hits that touch, and makes one blank of many.
func tidy(ps []Piece) (out []Piece) {
	for _, p := range ps {
		lead, trail := strings.TrimLeft(p.Text, " \n\t") != p.Text, strings.TrimRight(p.Text, " \n\t") != p.Text
		p.Text = strings.Join(strings.Fields(p.Text), " ")
		if lead {
			p.Text = " " + p.Text
		}
		if trail && p.Text != " " {
			p.Text += " "
		}
		if n := len(out); n > 0 && out[n-1].Hit == p.Hit {
			out[n-1].Text += p.Text
			continue
		}
		out = append(out, p)
	}
	return out
}

// hits says which words of a text were looked for.
func hits(ws []words.Word, terms []term) []bool {
	hit := make([]bool, len(ws))
	for i := range ws {
		for _, t := range terms {
			if n := len(t.toks); i+n <= len(ws) && t.at(ws[i:i+n]) {
				for j := range n {
					hit[i+j] = true
				}
			}
		}
	}
	return hit
}

// at says whether the term is these words, as the index would.
func (t *term) at(ws []words.Word) bool {
	for i, tok := range t.toks {
		stem := t.stem && i == len(t.toks)-1
		is := func(form string) bool {
			form = token(form)
			return form == tok || stem && strings.HasPrefix(form, tok)
		}
		if fold := ws[i].Fold; !is(fold) && !slices.ContainsFunc(words.Stems(fold), is) {
			return false
		}
	}
	return true
}

// window is the first and the last word of the snippet: as many hits as can be.
func window(ws []words.Word, hit []bool) (from, to int) {
	most, first := 0, 0
	for i := range ws {
		n := 0
		for j := i; hit[i] && j < len(ws) && ws[j].End-ws[i].Start <= snippetSize-snippetLead; j++ {
			if hit[j] {
				n++
			}
		}
		if n > most {
			most, first = n, i
		}
	}
	from = first
	for from > 0 && ws[first].Start-ws[from-1].Start <= snippetLead {
		from--
	}
	for to = first; to+1 < len(ws) && ws[to+1].End-ws[from].Start <= snippetSize; {
		to++
	}
	return from, to
}
