package story

import (
	"crypto/sha256"
	"hash/fnv"
	"math"
	"slices"
	"strings"

	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// Version names what Sign makes of an item. A stored signature of another
// version is made anew.
const Version = "1"

const (
	// MinWords is the length from which texts are compared as copies: shorter
	// ones ("No comment.", a bare dateline) are alike by chance.
	MinWords = 30
	// maxWords bounds what is kept of a text: a longer one is compared by its
	// beginning.
	maxWords = 2000
	// leadWords is how many words of a text tell its story; what follows is
	// background. On BASIL the whole text gave .885, the lead .920.
	leadWords = 200
)

// A Sum stands for a folded text. The zero Sum is of a text too short to be
// compared.
type Sum [16]byte

// A Signature is what an item is compared by. It is made of the item alone, once,
// and stored beside it; about 3 KB for an article of 400 words.
type Signature struct {
	Lang     string   // primary subtag; "" when unknown, which is a language of its own
	Sum      Sum      // of the whole text
	Words    int      // in the text
	Content  int      // words of title and lead that are no stop words
	Titled   bool     // it has a title
	shingles []uint32 // sorted, each once
	terms    []uint32 // stems of title and text, sorted, each once
	counts   []uint8  // how often each term is in the lead, the title counted twice; 0: only further down
	order    []uint16 // of the words, as they stand in the text
	figures  []uint32 // sorted, see marks.go
	names    []uint32 // sorted
	link     uint64   // 0 when absent
	image    uint64   // 0 when absent
	bands    []uint32 // made of shingles, not stored
	said     []string // the words that terms stand for; not stored, and not held by an index
}

// word is a word that a term stands for; "" when it is not known any more.
func (s *Signature) word(term uint32) string {
	i, ok := slices.BinarySearch(s.terms, term)
	if !ok || i >= len(s.said) {
		return ""
	}
	return s.said[i]
}

// A Signer makes signatures. It remembers the words it has seen, since folding and
// stemming them is a good part of the work. It belongs to one goroutine; the zero
// value is ready.
type Signer struct {
	known map[string]*lexicon // by language
	ids   []int32             // in use within Sign
}

// Sign makes the signature of an item that package clean has been over.
func Sign(it *feeds.Item) Signature { return new(Signer).Sign(it) }

// Sign is the function Sign, with what g remembers.
func (g *Signer) Sign(it *feeds.Item) Signature {
	return g.SignWords(it, words.Split(it.Title), words.Split(it.Text))
}

// SignWords signs an item whose title and text have been cut into words for others too.
func (g *Signer) SignWords(it *feeds.Item, title, text []words.Word) Signature {
	s := Signature{Lang: words.Normal(it.Lang), link: address(it.Link), image: address(it.Image)}
	s.Words, s.Titled = len(text), len(title) > 0
	if s.Words >= MinWords {
		s.Sum = sum(text)
	}
	text = text[:min(len(text), maxWords)]
	known := g.lexicon(s.Lang)
	g.ids = known.look(text, known.look(title, g.ids[:0]))
	titleIDs, textIDs := g.ids[:len(title)], g.ids[len(title):]
	if s.Words >= MinWords {
		hs := known.hashes(textIDs)
		s.shingles = shingles(hs)
		s.bands = bands(s.shingles)
		s.order = order(hs)
	}
	s.tally(title, text, titleIDs, textIDs, known)
	s.mark(it, title, text)
	return s
}

// sum adds up the words as folded, so that case, quotes, marks and spacing make
// no difference.
func sum(text []words.Word) (s Sum) {
	b := make([]byte, 0, text[len(text)-1].End+len(text))
	for i := range text {
		b = append(append(b, text[i].Fold...), ' ')
	}
	h := sha256.Sum256(b)
	copy(s[:], h[:])
	return s
}

// address hashes a link without its scheme, "www." and query: the marks that
// outlets put on one address.
func address(link string) uint64 {
	_, link, _ = strings.Cut(link, "://")
	link, _, _ = strings.Cut(link, "#")
	link = strings.TrimSuffix(strings.TrimPrefix(link, "www."), "/")
	if !strings.Contains(link, "/") {
		return 0 // a home page stands for no item
	}
	h := fnv.New64a()
	h.Write([]byte(link))
	return h.Sum64()
}

// unit is the length of a lead's vector. Whole numbers of this fineness lose
// nothing that a threshold of two digits could see.
const unit = 512

// A coordinate is a term and its weight in a lead, or the sum of its weights in
// the leads of a story.
type coordinate struct {
	term   uint32
	weight uint32
}

// vector is the lead of a piece as a vector of length unit, sorted by term;
// rarity comes in when two are compared.
func (s *Signature) vector() []coordinate {
	var square float64
	n := 0
	for _, c := range s.counts {
		if c > 0 {
			square += damp[c] * damp[c]
			n++
		}
	}
	if n == 0 {
		return nil
	}
	v := make([]coordinate, 0, n)
	scale := unit / math.Sqrt(square)
	for i, c := range s.counts {
		if w := uint32(math.Round(damp[c] * scale)); w > 0 {
			v = append(v, coordinate{s.terms[i], w})
		}
	}
	return v
}

// damp is n to the power of .75: a word told ten times is less than ten times as
// telling.
var damp = func() (d [256]float64) {
	for n := range d {
		d[n] = math.Sqrt(float64(n) * math.Sqrt(float64(n)))
	}
	return d
}()
