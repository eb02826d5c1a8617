package story

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/feeds/words"
)

// A frame is what an outlet or an agency puts around a report.
type frame struct {
	Lang   string
	Part   string // "header", "footer" or "background"
	Source string
	Text   string
}

// A maker makes copies of the reports as newsrooms and scrapers make them.
type maker struct {
	reports  []goldRow
	frames   []frame
	synonyms thesaurus
}

func newMaker(t testing.TB, reports []goldRow) maker {
	t.Helper()
	return maker{reports, readGold[frame](t, "frames.jsonl"), readThesaurus(t)}
}

// A recipe makes a copy of a report; it answers false when the report lacks
// what it changes.
type recipe struct {
	kind string
	make func(m maker, r goldRow) (goldText, bool)
}

var recipes = []recipe{
	{"agency copy edited", maker.edited},
	{"agency copy cut and reordered", maker.reordered},
	{"agency copy with own reporting", maker.enlarged},
	{"excerpt", maker.excerpt},
	{"spun 5 %", spunBy(5)},
	{"spun 10 %", spunBy(10)},
	{"spun 20 %", spunBy(20)},
	{"spun 30 %", spunBy(30)},
	{"spun 40 %", spunBy(40)},
	{"frame of another outlet", maker.framed},
	{"typography", maker.typeset},
	{"edited, spun 10 % and framed", maker.reworked},
}

// correction is apart, as it is tried on every report: few have a figure.
var correction = recipe{"figure corrected", maker.corrected}

// copiesOf is how many copies of each report are made: English has many reports,
// the others few, which all recipes are tried on.
var copiesOf = map[string]int{"en": 3, "ar": len(recipes), "fr": len(recipes)}

// copies makes the positives. Recipes take turns (five is coprime to their
// number), so that each meets many events.
func (m maker) copies() (ps []goldPair) {
	for i, r := range m.reports {
		for j := range copiesOf[r.Lang] {
			c := recipes[(i*5+j)%len(recipes)]
			ps = m.add(ps, c, r)
		}
		ps = m.add(ps, correction, r)
	}
	return ps
}

// add appends the pair of a report and its copy by c, if it can be made: the
// copy comes later, from another outlet.
func (m maker) add(ps []goldPair, c recipe, r goldRow) []goldPair {
	b, ok := c.make(m, r)
	if !ok {
		return ps
	}
	h := pick(r.ID + c.kind)
	b.ID = r.ID + "~" + strings.ReplaceAll(c.kind, " ", "-")
	b.At = r.At.Add(time.Duration(10+h%1800) * time.Minute)
	if b.Source == r.Source {
		b.Source = "relay-" + strconv.FormatUint(h%9, 10)
	}
	return append(ps, goldPair{Kind: langKind(c.kind, r.Lang), A: r.goldText, B: b, Copy: true, SameStory: true})
}

// langKind keeps the kinds of other languages apart in the figures.
func langKind(kind, lang string) string {
	if lang == "en" {
		return kind
	}
	return kind + " (" + lang + ")"
}

// pick is the die of the rules: the same for the same key, everywhere.
func pick(key string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(key))
	x := h.Sum64() // FNV leaves the low bits of like keys alike: mix them
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	return x ^ x>>33
}

// attributions are what a desk changes when it runs an agency's text.
var attributions = map[string]*strings.Replacer{
	"en": strings.NewReplacer(" said on ", " told AFP on ", ", he said", ", he told AFP", ", she said", ", she told AFP",
		"residents said", "residents told AFP", "Residents said", "Residents told AFP", "a spokesman said", "a spokesman told the agency"),
	"fr": strings.NewReplacer("a-t-il dit", "a-t-il déclaré à l'AFP", "a-t-elle dit", "a-t-elle confié à l'AFP", "selon des habitants", "ont dit à l'AFP des habitants"),
	"ar": strings.NewReplacer("وقال", "وذكر لوكالة فرانس برس", "وقالت", "وذكرت لوكالة فرانس برس"),
}

var datelines = map[string]string{"en": "BEIRUT (AFP) - ", "fr": "Beyrouth (AFP) - ", "ar": "بيروت (أ ف ب) - "}

var credits = map[string]string{"en": ", AFP reported.", "fr": ", a rapporté l'AFP.", "ar": "، بحسب وكالة فرانس برس."}

// edited is an agency's text as another desk runs it: its own headline and
// dateline, other attributions, one paragraph left out.
func (m maker) edited(r goldRow) (goldText, bool) {
	ps := strings.Split(r.Text, "\n\n")
	if len(ps) < 3 {
		return goldText{}, false
	}
	drop := 1 + int(pick(r.ID+"drop")%uint64(len(ps)-1))
	ps = slices.Delete(ps, drop, drop+1)
	for i := range ps {
		ps[i] = attributions[r.Lang].Replace(ps[i])
	}
	ps[0] = datelines[r.Lang] + strings.TrimSuffix(ps[0], ".") + credits[r.Lang]
	b := r.goldText
	b.Title = m.headline(r)
	b.Text = strings.Join(ps, "\n\n")
	return b, true
}

// headline borrows one that another desk wrote for the same news.
func (m maker) headline(r goldRow) string {
	if o, ok := m.another(r); ok {
		return o.Title
	}
	return "News: " + r.Title
}

// another is the first report of the same news by somebody else.
func (m maker) another(r goldRow) (goldRow, bool) {
	i := slices.IndexFunc(m.reports, func(o goldRow) bool {
		return o.Event == r.Event && o.Lang == r.Lang && o.ID != r.ID
	})
	if i < 0 {
		return goldRow{}, false
	}
	return m.reports[i], true
}

// enlarged is an agency's text edited, with a paragraph that the outlet's own
// reporter wrote.
func (m maker) enlarged(r goldRow) (goldText, bool) {
	b, ok := m.edited(r)
	own, found := m.another(r)
	if !ok || !found {
		return goldText{}, false
	}
	ps := strings.Split(own.Text, "\n\n")
	b.Text += "\n\n" + ps[int(pick(r.ID+"own")%uint64(len(ps)))]
	return b, true
}

// reordered leads with another paragraph and leaves one out.
func (m maker) reordered(r goldRow) (goldText, bool) {
	ps := strings.Split(r.Text, "\n\n")
	if len(ps) < 4 {
		return goldText{}, false
	}
	drop := 1 + int(pick(r.ID+"cut")%uint64(len(ps)-1))
	ps = slices.Delete(ps, drop, drop+1)
	slices.Reverse(ps)
	b := r.goldText
	b.Title = m.headline(r)
	b.Text = strings.Join(ps, "\n\n")
	return b, true
}

// excerpt is the start of a report as a feed with summaries gives it.
func (m maker) excerpt(r goldRow) (goldText, bool) {
	ws := words.Split(r.Text)
	n := 40 + int(pick(r.ID+"excerpt")%41)
	if n > len(ws) {
		return goldText{}, false
	}
	b := r.goldText
	b.Text = r.Text[:ws[n-1].End] + "…"
	return b, true
}

// framed is a report within what another outlet puts around all of its own.
func (m maker) framed(r goldRow) (goldText, bool) {
	b := r.goldText
	for _, part := range []string{"header", "footer"} {
		fs := m.framesOf(r.Lang, part)
		f := fs[pick(r.ID+"frame")%uint64(len(fs))]
		if part == "header" {
			b.Text = f.Text + "\n\n" + b.Text
		} else {
			b.Text += "\n\n" + f.Text
		}
		b.Source = f.Source
	}
	return b, true
}

func (m maker) framesOf(lang, part string) (fs []frame) {
	for _, f := range m.frames {
		if f.Lang == lang && f.Part == part {
			fs = append(fs, f)
		}
	}
	return fs
}

// typeset is the same words in another house's type.
func (m maker) typeset(r goldRow) (goldText, bool) {
	b := r.goldText
	b.Title = strings.ToUpper(b.Title)
	open := false
	b.Text = strings.Map(func(c rune) rune {
		switch c {
		case '"':
			open = !open
			if open {
				return '“'
			}
			return '”'
		case '\'':
			return '’'
		case '-':
			return '‐'
		}
		return c
	}, b.Text)
	b.Text = strings.NewReplacer(", ", ",\u00a0", "، ", "،\u00a0").Replace(b.Text)
	return b, true
}

// corrected changes the last figure of a report.
func (m maker) corrected(r goldRow) (goldText, bool) {
	ws := words.Split(r.Text)
	for _, w := range slices.Backward(ws) {
		n, err := strconv.Atoi(strings.ReplaceAll(w.Raw, ",", ""))
		if err != nil || n < 10 || n > 1900 && n < 2030 { // years are not corrected
			continue
		}
		b := r.goldText
		b.Text = r.Text[:w.Start] + strconv.Itoa(n+2) + r.Text[w.End:]
		return b, true
	}
	return goldText{}, false
}

// reworked is what a scraper does to a copy that was edited before.
func (m maker) reworked(r goldRow) (goldText, bool) {
	b, ok := m.edited(r)
	if !ok {
		return b, false
	}
	text, ok := m.synonyms.spin(b, 10)
	if !ok {
		return b, false
	}
	r.goldText, r.Text = b, text
	return m.framed(r)
}
