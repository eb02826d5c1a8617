package story

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// What is kept of an item at most.
const (
	maxFigures = 48
	maxNames   = 32
)

// mark fills the figures and names of a signature: what two languages write
// alike, and what tells two events of one shape apart.
func (s *Signature) mark(it *feeds.Item, title, text []words.Word) {
	s.figure(title)
	s.figure(text)
	s.name(title, it.Title, words.Script(it.Title) == "Arab") // titles in Latin letters may capitalise all
	s.name(text[:min(len(text), leadWords)], it.Text, true)
	slices.Sort(s.figures)
	slices.Sort(s.names)
	s.figures, s.names = slices.Compact(s.figures), slices.Compact(s.names)
}

// figure adds the figures among words.
func (s *Signature) figure(ws []words.Word) {
	for i := range ws {
		if f := figure(ws[i].Fold); f != "" && len(s.figures) < maxFigures {
			s.figures = append(s.figures, uint32(hash(f)))
		}
	}
}

// name adds the names among the words of a text.
func (s *Signature) name(ws []words.Word, in string, capitals bool) {
	for i, w := range ws {
		if !capitals || i == 0 || len(s.names) == maxNames || !named(s.Lang, in, ws[i-1], w) {
			continue
		}
		if h := skeleton(w.Fold); h != 0 {
			s.names = append(s.names, uint32(h))
		}
	}
}

// figure is a number that may tell two events apart, without its separators: not
// one of a single digit, nor a year of our time. "" for another word.
func figure(fold string) string {
	if fold == "" || !digit(fold[0]) {
		return ""
	}
	f := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, fold)
	year := len(f) == 4 && (f[:2] == "19" || f[:2] == "20")
	if len(f) < 2 || len(f) < utf8.RuneCountInString(fold)-2 || year {
		return ""
	}
	return f
}

// named says whether a word looks like a name: a capital inside a sentence, or
// in Arabic, which has none, any word that is no stop word.
func named(lang, in string, before, w words.Word) bool {
	first, _ := utf8.DecodeRuneInString(w.Raw)
	if unicode.Is(unicode.Arabic, first) {
		return !stopped(lang, w.Fold)
	}
	return unicode.IsUpper(first) && !strings.ContainsAny(in[before.End:w.Start], ".!?…:\n\"“«") && !stopped(lang, w.Fold)
}

// skeleton hashes the consonants of a name, so that Latin and Arabic spellings
// meet: Netanyahu and نتنياهو are both ntn. 0 when fewer than three are left.
func skeleton(fold string) uint64 {
	fold = strings.TrimPrefix(fold, "ال")
	var b []byte
	for _, r := range fold {
		c := consonants[r]
		if c == 0 && r >= 'a' && r <= 'z' && !strings.ContainsRune("aeiouwyh", r) {
			c = byte(r)
		}
		if c != 0 && (len(b) == 0 || b[len(b)-1] != c) {
			b = append(b, c)
		}
	}
	if len(b) < 3 {
		return 0
	}
	return hash(string(b))
}

// consonants are letters that stand for another's sound.
var consonants = map[rune]byte{
	'p': 'b', 'v': 'f', 'q': 'k', 'c': 'k', 'x': 'k', 'z': 's', 'j': 'g', 'ß': 's',
	'ب': 'b', 'پ': 'b', 'ت': 't', 'ط': 't', 'ث': 't', 'ج': 'g', 'چ': 'g', 'گ': 'g', 'غ': 'g',
	'خ': 'k', 'ق': 'k', 'ك': 'k', 'د': 'd', 'ض': 'd', 'ذ': 'd', 'ر': 'r', 'ز': 's', 'س': 's', 'ص': 's', 'ش': 's', 'ظ': 's',
	'ف': 'f', 'ڤ': 'f', 'ل': 'l', 'م': 'm', 'ن': 'n',
}
