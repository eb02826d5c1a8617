package topic

import (
	"slices"
	"strings"
	"testing"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/arabic"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/turkish"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// The engine does not stem plain terms, for that finds less well: these tests
// print both, and fail on the day that stems would do better. Names are what topics
// are made of, and a stemmer takes names for other words: France is kin to francs,
// the Golan (الجولان) to a round (جولة), Hama (حماة) to protection (حماية).

var stemmers = map[string]func(*snowballstem.Env) bool{
	"ar": arabic.Stem, "de": german.Stem, "en": english.Stem, "es": spanish.Stem, "fr": french.Stem, "tr": turkish.Stem,
}

// stemOf is a word's snowball stem, folded.
func stemOf(lang string, w words.Word) string {
	env := snowballstem.NewEnv(w.Marks) // accents tell endings apart
	stemmers[lang](env)
	return words.Fold(env.Current())
}

// A family is the folded words of a corpus by language and stem.
type family map[[2]string]map[string]bool

func familyOf(docs []Doc) family {
	f := family{}
	for _, d := range docs {
		lang := d.Item.Lang
		if stemmers[lang] == nil {
			continue
		}
		for _, w := range words.Split(d.Item.Title + "\n" + d.Item.Text) {
			key := [2]string{lang, stemOf(lang, w)}
			if f[key] == nil {
				f[key] = map[string]bool{}
			}
			f[key][w.Fold] = true
		}
	}
	return f
}

// stemmed is a topic as the engine would read it if it stemmed: each plain term of
// a list with a language becomes the words of the corpus that share its stem. What
// is quoted, exact or a stem already stays.
func (f family) stemmed(top *config.Topic) *config.Topic {
	t := *top
	widen := func(lists []config.List) (wide []config.List) {
		for _, l := range lists {
			l.Terms = slices.Clone(l.Terms)
			for i, term := range l.Terms {
				if stemmers[l.Lang] != nil && !strings.ContainsAny(term.Text, `"=/*:#`) {
					l.Terms[i].Text = f.alternatives(l.Lang, term.Text)
				}
			}
			wide = append(wide, l)
		}
		return wide
	}
	t.Strong, t.Weak = widen(top.Strong), widen(top.Weak)
	return &t
}

// alternatives writes a term with all its words' kin, as a | b.
func (f family) alternatives(lang, term string) string {
	var all []string
	for alt := range strings.SplitSeq(term, "|") {
		phrases := []string{""}
		for _, w := range words.Split(alt) {
			kin := []string{w.Raw}
			for other := range f[[2]string{lang, stemOf(lang, w)}] {
				if other != w.Fold {
					kin = append(kin, other)
				}
			}
			var longer []string
			for _, p := range phrases {
				for _, k := range kin {
					longer = append(longer, p+" "+k)
				}
			}
			phrases = longer
		}
		all = append(all, phrases...)
	}
	return strings.Join(all, " | ")
}

// Reuters' countries, as the engine is and as it would be. Strict may gain a
// thousandth by chance (francs in a title are often of France); what is judged is
// the mean of the aims.
func TestStemmingRaisesNoF1(t *testing.T) {
	docs := reuters(t)
	var items []Doc
	for _, d := range docs {
		items = append(items, news("en", d.Title, d.Text))
	}
	kin := familyOf(items)
	var gain figures
	for _, aim := range []string{"broad", "standard", "strict"} {
		topics := countryTopics(aim)
		plain := score(about(set(t, topics...), docs), docs)
		for i := range topics {
			topics[i] = kin.stemmed(topics[i])
		}
		stemmed := score(about(set(t, topics...), docs), docs)
		t.Logf("reuters %-8s plain   micro %s, macro %s", aim, plain.micro, plain.macro)
		t.Logf("reuters %-8s stemmed micro %s, macro %s", aim, stemmed.micro, stemmed.macro)
		for _, c := range countries {
			if p, s := plain.by[c.id], stemmed.by[c.id]; p != s {
				t.Logf("reuters %-8s %-13s plain %s, stemmed %s", aim, c.id, p, s)
			}
		}
		gain.p, gain.r, gain.f = gain.p+stemmed.micro.p-plain.micro.p, gain.r+stemmed.micro.r-plain.micro.r, gain.f+stemmed.micro.f-plain.micro.f
	}
	if gain.f >= 0 || gain.r <= 0 {
		t.Errorf("stems gain %+.3f in P, %+.3f in R, %+.3f in F1 over the aims: no loss any more, so build them in (issue 4, point 2)", gain.p, gain.r, gain.f)
	}
}

// Our own headlines, by the example topic, in their languages.
func TestStemmingRaisesNoF1OnHeadlines(t *testing.T) {
	top := exampleTopic(t)
	var items []Doc
	for _, h := range headlines {
		items = append(items, news(h.lang, h.title, h.lead))
	}
	plain, stemmed := set(t, top), set(t, familyOf(items).stemmed(top))
	var p, s tally
	for _, h := range headlines {
		was, is := verdictOn(plain, h).In, verdictOn(stemmed, h).In
		p.count(was, h.in)
		s.count(is, h.in)
		if was != is {
			t.Logf("stemmed: %s %q in %v, want %v", h.lang, h.title, is, h.in)
		}
	}
	t.Logf("headlines plain   %s", p.figures())
	t.Logf("headlines stemmed %s", s.figures())
	if s.figures().f > p.figures().f {
		t.Error("stems raise F1: build them in (issue 4, point 2)")
	}
}

// strangers are pieces of the words that Arabic stems bring in and that are none
// of Syria's names: round, protection, shield, door, son and Abha.
var strangers = []string{"جول", "حما", "درع", "باب", "ابن", "أبه"}

// The Arabic corpora have no labels of countries. But nearly all that stems add
// there comes by a stranger, and more is added than had been found.
func TestStemmingOfArabicBringsStrangers(t *testing.T) {
	for _, corpus := range [][]string{{"stories", "stream_saudinewsnet_ar.jsonl"}, {"topics", "topic_ant_arabic.jsonl"}} {
		items, top := arabicNews(t, corpus...), exampleTopic(t)
		top.Aim = "broad"
		plain, stemmed := set(t, top), set(t, familyOf(items).stemmed(top))
		found, added, strange := 0, 0, 0
		for _, it := range items {
			if isIn(plain, "syria", it) {
				found++
				continue
			}
			for _, m := range stemmed.Match(it) {
				added++
				if slices.ContainsFunc(strangers, func(s string) bool { return strings.Contains(m.Reasons[0].Words, s) }) {
					strange++
				}
			}
		}
		t.Logf("%s: %d items found, stems add %d, of them %d by a word that is no name of Syria", corpus[1], found, added, strange)
		if 10*strange < 9*added || added < found {
			t.Errorf("%s: stems add %d items to %d, and only %d by strangers: look again (issue 4, point 2)", corpus[1], added, found, strange)
		}
	}
}
