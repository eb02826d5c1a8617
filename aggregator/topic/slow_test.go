package topic

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// The index finds what a look at every rule at every word finds.
func TestTheIndexHidesNothing(t *testing.T) {
	word := rapid.SampledFrom([]string{
		"Syria", "Syrian", "syria", "army", "white", "helmets", "Deir", "ez", "Zor", "HTS", "hts", "Şam", "sam", "été", "ete", "a",
		"سوريا", "والسوري", "وبدمشق", "دمشق", "للأسد", "الأسد", "叙利亚", "ab", "abcdefghijk", strings.Repeat("long", 20), "n9",
	})
	term := rapid.Custom(func(t *rapid.T) string {
		phrase := strings.Join(rapid.SliceOfN(word, 1, 3).Draw(t, "words"), " ")
		switch rapid.IntRange(0, 5).Draw(t, "form") {
		case 0:
			return "=" + phrase
		case 1:
			return phrase + "*"
		case 2:
			return fmt.Sprintf(`"%s"~%d`, phrase, rapid.IntRange(1, 4).Draw(t, "near"))
		case 3:
			return rapid.SampledFrom([]string{"title:", "body:", "summary:"}).Draw(t, "field") + phrase
		}
		return phrase
	})
	text := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(word, 0, 30).Draw(t, "text"), " ") })
	lang := rapid.SampledFrom([]string{"en", "ar", "tr", "all"})
	met, checks := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		checks++
		var topics []*config.Topic
		for i := range rapid.IntRange(1, 6).Draw(t, "topics") {
			topics = append(topics, &config.Topic{ID: fmt.Sprint(i), Strong: []config.List{list(lang.Draw(t, "list"), rapid.SliceOfN(term, 1, 4).Draw(t, "strong")...)},
				Ignore: terms(term.Draw(t, "ignore"))})
		}
		s, errs := Compile(topics)
		if s == nil {
			t.Skip(errs) // a stem of one letter
		}
		r := read(news(rapid.SampledFrom([]string{"", "en", "ar", "fr", "tr"}).Draw(t, "lang"), text.Draw(t, "title"), text.Draw(t, "body")))
		want := slowHits(topics, r)
		s.index.find(r)
		var got []string
		for _, h := range r.hits {
			got = append(got, fmt.Sprintf("%s %s %s at %d %d-%d", h.rule.topic.ID, h.rule.list, h.rule.term, h.field, h.from, h.to))
		}
		slices.Sort(got)
		if got = slices.Compact(got); !slices.Equal(got, want) {
			t.Fatalf("the index finds %q\nthere are %q", got, want)
		}
		met += len(got)
	})
	if met < checks {
		t.Errorf("%d hits in %d checks: the texts have nothing to find", met, checks)
	}
}

// slowHits lists what every term finds at every word, by comparing spellings.
func slowHits(topics []*config.Topic, r *reading) (found []string) {
	look := func(top *config.Topic, lang, name string, term config.Term) {
		cs, _ := parseTerm(straighten(term.Text))
		own := top.Strong[0].Lang
		holds := lang == "all" || lang == r.lang || (r.lang == "" || r.lang != own) && words.ScriptOf(lang) == r.script
		for f := range r.fields {
			for i := range r.fields[f].words {
				if c := cs[0]; holds && (c.field == "" || c.field == r.fields[f].name) {
					if from, to, ok := slowClause(c, lang != "all" && lang != r.lang, r.fields[f].words, i); ok {
						found = append(found, fmt.Sprintf("%s %s %s at %d %d-%d", top.ID, name, term.Text, f, from, to))
					}
				}
			}
		}
	}
	for _, top := range topics {
		for _, term := range top.Strong[0].Terms {
			look(top, top.Strong[0].Lang, "strong."+top.Strong[0].Lang, term)
		}
		look(top, "all", "ignore", top.Ignore[0])
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// slowClause finds a phrase that begins at word i, or what is near its longest
// word there.
func slowClause(c clause, guessed bool, ws []words.Word, i int) (from, to int, ok bool) {
	is := func(t tok, at int) bool { return at >= 0 && at < len(ws) && slowWord(t, guessed, ws[at]) }
	if c.near == 0 {
		for j, t := range c.toks {
			if !is(t, i+j) {
				return 0, 0, false
			}
		}
		return i, i + len(c.toks), true
	}
	longest := 0
	for j, t := range c.toks {
		if len(t.fold) > len(c.toks[longest].fold) {
			longest = j
		}
	}
	from, to = i, i+1
	for j, t := range c.toks {
		at := i
		for d := 1; j != longest && at == i; d++ {
			switch {
			case d > c.near+1:
				return 0, 0, false
			case is(t, i+d):
				at = i + d
			case is(t, i-d):
				at = i - d
			}
		}
		from, to = min(from, at), max(to, at+1)
	}
	return from, to, is(c.toks[longest], i)
}

func slowWord(t tok, guessed bool, w words.Word) bool {
	fits := func(word, want string) bool { return word == want || t.stem && strings.HasPrefix(word, want) }
	switch {
	case t.exact:
		return fits(w.Raw, t.raw)
	case t.marked && guessed:
		return fits(w.Marks, t.marks)
	case t.marked:
		return fits(w.Fold, t.fold)
	}
	return slices.ContainsFunc(append(words.Stems(w.Fold), w.Fold), func(form string) bool { return fits(form, t.fold) })
}
