package topic

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds/words"
)

func FuzzCompile(f *testing.F) {
	for _, term := range []string{"Syria*", `"a b"~5`, "=HTS | سوري*", "/x+(y|z)/i", "title:a", "*syria", "a ||", "“a", "/(/", "#tag", "-a", "=\"A\"*"} {
		f.Add(term)
	}
	f.Fuzz(func(t *testing.T, term string) {
		s, errs := Compile([]*config.Topic{{ID: "x", Sources: []string{"*"}, Strong: []config.List{list("all", term)}}})
		wrong := false
		for _, e := range errs {
			wrong = wrong || !e.Warning
			if e.Offset < 0 || e.Offset > utf8.RuneCountInString(term) || e.Msg == "" || e.Help == "" || e.Path != "all[0]" {
				t.Errorf("%q: %+v", term, e)
			}
		}
		if wrong == (s != nil) {
			t.Errorf("%q: set %v, errors %v", term, s != nil, errs)
		}
	})
}

// Whatever is found stands in the text, and the score is the sum of the parts.
func FuzzMatch(f *testing.F) {
	f.Add("Syria*", "Syria's news", "body of Syrian news")
	f.Add(`"a b"~5`, "b c a", "b")
	f.Add("/x+/i", "XXX", "…")
	f.Add("سوري", "والسوري", "叙利亚")
	f.Fuzz(func(t *testing.T, term, title, text string) {
		s, _ := Compile([]*config.Topic{{ID: "x", Aim: "broad", Sources: []string{"*"}, Strong: []config.List{list("all", term)}}})
		if s == nil {
			t.Skip()
		}
		d := news("en", title, text)
		d.Item.Summary = text
		for _, m := range s.Match(d) {
			if !m.In || m.Score < 1 || m.Score > 8 || len(m.Reasons) == 0 || len(m.Reasons) > MaxReasons {
				t.Errorf("%q: %+v", term, m)
			}
			for _, r := range m.Reasons {
				if r.Field == "title" && !strings.Contains(title, r.Words) || r.Field == "body" && !strings.Contains(text, r.Words) {
					t.Errorf("%q is not in %q, %q", r.Words, title, text)
				}
			}
		}
	})
}

// A text and the same text folded match alike, for plain terms and a language
// that is declared.
func FuzzFoldedTextsMatchAlike(f *testing.F) {
	for _, text := range []string{"Syria’s ŞAM", "والسُّوريّون في حَلَب", "Ｓｙｒｉａ Straße ﬁn", "叙利亚 ガザ", "I\u0307dlib d’Alep", "Sy\u00adria\u00a0“Deir ez‑Zor”", "…\u200f ª"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.Map(alphabet, text)
		top := &config.Topic{ID: "x", Aim: "broad", Sources: []string{"*"}, Strong: []config.List{{Lang: "en"}}}
		for i, w := range words.Split(text) {
			if first, _ := utf8.DecodeRuneInString(w.Raw); utf8.RuneCountInString(w.Fold) > 1 && unicode.IsLetter(first) && i < 20 {
				top.Strong[0].Terms = append(top.Strong[0].Terms, config.Term{Text: w.Raw})
			}
		}
		s, errs := Compile([]*config.Topic{top})
		if s == nil {
			t.Fatalf("%q: %v", text, errs)
		}
		said := func(text string) (got []string) {
			for _, m := range s.Match(news("en", "", text)) {
				for _, r := range m.Reasons {
					got = append(got, r.Term)
				}
			}
			return got
		}
		if was, is := said(text), said(words.Fold(text)); !slices.Equal(was, is) {
			t.Errorf("%q has %q, folded %q has %q", text, was, words.Fold(text), is)
		}
	})
}

// alphabet keeps what texts are written in, and leaves out broken bytes and the
// signs that fold to something of another kind (ﷺ is four words, ² a figure, ․ a
// full stop). Quotes, dashes, blanks and what cannot be seen stay.
func alphabet(r rune) rune {
	written := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.Is(unicode.Nd, r) }
	fold := words.Fold(string(r))
	switch {
	case r == utf8.RuneError || r == '\u200b':
		return -1
	case written(r) && strings.ContainsFunc(fold, func(of rune) bool { return !written(of) }):
		return -1
	case r >= '\u2e80' && utf8.RuneCountInString(fold) > 1: // ゟ is two of a pair
		return -1
	case !written(r) && fold != string(r) && !unicode.In(r, unicode.Zs, unicode.Pd, unicode.Pi, unicode.Pf, unicode.Cf):
		return -1
	}
	return r
}

// Topics with queries beside as many with lists of the same words.
func BenchmarkQueries(b *testing.B) {
	text := strings.Repeat("Residents of the old city said on Monday that the electricity had come back for four hours and that shops in Damascus were open. ", 18)
	const n = 10_000
	for name, topic := range map[string]func(i int) *config.Topic{
		"lists": func(i int) *config.Topic {
			return &config.Topic{ID: fmt.Sprint("t", i), Sources: []string{"*"}, Strong: []config.List{
				list("en", fmt.Sprint("name", i), fmt.Sprint("place", i, " town"), fmt.Sprint("stem", i, "*"))}}
		},
		"queries": func(i int) *config.Topic {
			return asking(fmt.Sprint("t", i), fmt.Sprintf(`(name%d OR "place%d town" OR stem%d*) lang:en -hamster%d`, i, i, i, i))
		},
	} {
		topics := []*config.Topic{syria()}
		for i := range n {
			topics = append(topics, topic(i))
		}
		s := set(b, topics...)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Match(news("en", "Shops open in Damascus", text))
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "items/s")
		})
	}
}

// Topics one in fifty of which an item leads to, by lists and by queries.
func BenchmarkQueriesThatMatch(b *testing.B) {
	vocabulary := make([]string, 400)
	for i := range vocabulary {
		vocabulary[i] = fmt.Sprint("word", i)
	}
	text := strings.Join(vocabulary, " ")
	for name, topic := range map[string]func(i int) *config.Topic{
		"lists": func(i int) *config.Topic {
			return &config.Topic{ID: fmt.Sprint("t", i), Sources: []string{"*"}, Strong: []config.List{
				list("en", fmt.Sprint("word", i*2), fmt.Sprint("name", i), fmt.Sprint("word", i*2+1))}}
		},
		"queries": func(i int) *config.Topic {
			return asking(fmt.Sprint("t", i), fmt.Sprintf("word%d (name%d OR word%d) lang:en -hamster%d", i*2, i, i*2+1, i))
		},
	} {
		var topics []*config.Topic
		for i := range 10_000 {
			topics = append(topics, topic(i))
		}
		s := set(b, topics...)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Match(news("en", "Rain", text))
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "items/s")
		})
	}
}

func BenchmarkMatch(b *testing.B) {
	text := strings.Repeat("Residents of the old city said on Monday that the electricity had come back for four hours and that shops in Damascus were open. ", 18)
	for _, n := range []int{1, 100, 10_000} {
		var topics []*config.Topic
		for i := range n {
			topics = append(topics, &config.Topic{ID: fmt.Sprint("t", i), Sources: []string{"*"}, Strong: []config.List{
				list("en", fmt.Sprint("name", i), fmt.Sprint("place", i, " town"), fmt.Sprint("stem", i, "*"))}})
		}
		topics[0].Strong[0].Terms[0].Text = "Damascus"
		s := set(b, topics...)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Match(news("en", "Shops open in Damascus", text))
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "items/s")
		})
	}
}
