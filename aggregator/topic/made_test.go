package topic

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
)

// A language is a made one: words by how common they are, as Zipf found them to
// be used, and names of two or three words.
type language struct {
	rnd   *rand.Rand
	zipf  *rand.Zipf
	words []string
	names []string
	seen  map[string]bool
}

const (
	vocabulary = 60_000
	rare       = 3_000 // rank from which words tell a subject
)

func newLanguage(seed uint64) *language {
	l := &language{rnd: rand.New(rand.NewPCG(seed, 1)), seen: map[string]bool{}}
	l.zipf = rand.NewZipf(l.rnd, 1.05, 2.7, vocabulary-1)
	for rank := range vocabulary {
		l.words = append(l.words, l.word(1+int(math.Log10(float64(rank+3))), "bdfghklmnprstvz", "aeiou"))
	}
	for range vocabulary / 4 {
		name := make([]string, 2+l.rnd.IntN(5)/4)
		for i := range name {
			name[i] = capital(l.words[l.among(100, vocabulary)])
		}
		l.names = append(l.names, strings.Join(name, " "))
	}
	return l
}

// word makes a new word of so many syllables or more.
func (l *language) word(syllables int, consonants, vowels string) string {
	cs, vs := []rune(consonants), []rune(vowels)
	for {
		var b strings.Builder
		for range syllables {
			b.WriteRune(cs[l.rnd.IntN(len(cs))])
			b.WriteRune(vs[l.rnd.IntN(len(vs))])
			if l.rnd.IntN(3) == 0 {
				b.WriteRune(cs[l.rnd.IntN(len(cs))])
			}
		}
		if w := b.String(); !l.seen[w] {
			l.seen[w] = true
			return w
		}
		syllables++
	}
}

// among draws a rank from least to most, evenly over its logarithm: common
// words oftener than rare ones, but not as often as prose does.
func (l *language) among(least, most int) int {
	return int(float64(least) * math.Exp(l.rnd.Float64()*math.Log(float64(most)/float64(least))))
}

func (l *language) one(in int) bool { return l.rnd.IntN(in) == 0 }

func capital(w string) string { return strings.ToUpper(w[:1]) + w[1:] }

// prose writes n words or a few more.
func (l *language) prose(n int) string {
	var b strings.Builder
	for i, start := 0, true; i < n; i++ {
		w := l.words[l.zipf.Uint64()]
		switch {
		case l.one(25):
			w = l.names[l.zipf.Uint64()%uint64(len(l.names))]
			i += strings.Count(w, " ")
		case start || l.one(12):
			w = capital(w)
		}
		b.WriteString(w)
		start = l.one(14)
		switch {
		case start:
			b.WriteString(". ")
		case l.one(10):
			b.WriteString(", ")
		case l.one(40):
			b.WriteString("’s ")
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// items are of 400 words: a title, a text, and a summary that is its beginning.
func (l *language) items(n int) []feeds.Item {
	items := make([]feeds.Item, n)
	for i := range items {
		lead := l.prose(30)
		items[i] = feeds.Item{Title: l.prose(10), Summary: lead, Text: lead + l.prose(330), Lang: "en"}
	}
	return items
}

// topics are made as people write them: about ten terms each, of all forms, and
// one in twenty a query.
func (l *language) topics(n int) []*config.Topic {
	topics := make([]*config.Topic, n)
	for i := range topics {
		topics[i] = l.topic(fmt.Sprintf("t%d", i))
	}
	return topics
}

func (l *language) topic(id string) *config.Topic {
	word := func() string { return l.words[l.among(rare, vocabulary)] }
	name := func() string { return l.names[l.among(rare/4, len(l.names))] }
	stem := func() string { w := word(); return w[:len(w)-2] + "*" }
	t := &config.Topic{ID: id, Sources: []string{"*"}, Aim: []string{"broad", "standard", "strict"}[l.rnd.IntN(3)]}
	if l.one(20) {
		t.Query = config.Term{Path: "topics." + id + ".query", Text: fmt.Sprintf(`("%s" OR %s OR %s) -%s`, name(), capital(word()), stem(), word())}
		return t
	}
	place := func(list string, terms ...string) (ts []config.Term) {
		for i, text := range terms {
			ts = append(ts, config.Term{Text: text, Path: fmt.Sprintf("topics.%s.%s[%d]", id, list, i)})
		}
		return ts
	}
	en := []string{name(), name(), word(), word(), word()}
	if l.one(2) {
		en = append(en, stem())
	}
	if l.one(2) {
		en = append(en, "="+capital(word()))
	}
	if l.one(4) {
		en = append(en, fmt.Sprintf(`"%s %s"~5`, l.words[l.among(300, vocabulary)], l.words[l.among(300, vocabulary)]))
	}
	t.Strong = append(t.Strong, config.List{Lang: "en", Terms: place("strong.en", en...)})
	if l.one(2) {
		fr := func() string { return l.word(3, "bçdfglmnprst", "aeéèiou") }
		t.Strong = append(t.Strong, config.List{Lang: "fr", Terms: place("strong.fr", fr(), fr()+" "+fr())})
		ar := func() string { return l.word(2, "بتجحدرزسشصطعقمن", "اوي") }
		t.Strong = append(t.Strong, config.List{Lang: "ar", Terms: place("strong.ar", ar(), ar()+" "+ar())})
	}
	if l.one(2) {
		t.Weak = append(t.Weak, config.List{Lang: "en", Terms: place("weak.en", word())})
	}
	if l.one(4) {
		t.Ignore = place("ignore", en[2]+" "+word())
	}
	if l.one(10) {
		t.Reject = place("reject", "title:"+word())
	}
	return t
}
