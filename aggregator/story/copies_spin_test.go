package story

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/feeds/words"
)

// A thesaurus gives for a language and a folded word another of much the same
// meaning: one word for one, so that a spun text keeps its number of words.
type thesaurus map[[2]string]string

func readThesaurus(t testing.TB) thesaurus {
	t.Helper()
	th := thesaurus{}
	for _, row := range readGold[struct{ Lang, Word, For string }](t, "synonyms.jsonl") {
		fold := words.Fold(row.Word)
		key := [2]string{row.Lang, fold}
		if _, ok := th[key]; ok {
			t.Errorf("synonyms.jsonl: %q stands twice", row.Word)
		}
		if len(words.Split(row.For)) != 1 || words.Fold(row.For) == fold {
			t.Errorf("synonyms.jsonl: %q for %q is not another word", row.For, row.Word)
		}
		th[key] = row.For
	}
	return th
}

// spunBy is the recipe of a scraper that hides a copy behind synonyms.
func spunBy(percent int) func(maker, goldRow) (goldText, bool) {
	return func(m maker, r goldRow) (goldText, bool) {
		text, ok := m.synonyms.spin(r.goldText, percent)
		b := r.goldText
		b.Text = text
		return b, ok
	}
}

// spin replaces so many in a hundred of the words of more than three letters,
// chosen by the dice. It answers false when it knows too few of them.
func (th thesaurus) spin(g goldText, percent int) (string, bool) {
	ws := words.Split(g.Text)
	var long int
	var known []int
	for i, w := range ws {
		if !spinnable(w) {
			continue
		}
		long++
		if th[[2]string{g.Lang, w.Fold}] != "" {
			known = append(known, i)
		}
	}
	n := int(math.Round(float64(long*percent) / 100))
	if n > len(known) {
		return "", false
	}
	chosen := draw(g.ID, known, n)
	return replace(g.Text, ws, chosen, func(w words.Word) string {
		return sameCase(w.Raw, th[[2]string{g.Lang, w.Fold}])
	}), true
}

// draw chooses n of the positions by the dice of an id, in order.
func draw(id string, positions []int, n int) []int {
	slices.SortFunc(positions, func(a, b int) int {
		return cmp.Compare(pick(id+strconv.Itoa(a)), pick(id+strconv.Itoa(b)))
	})
	chosen := positions[:n]
	slices.Sort(chosen)
	return chosen
}

// replace puts other words in the chosen places of a text.
func replace(text string, ws []words.Word, chosen []int, other func(words.Word) string) string {
	var b strings.Builder
	end := 0
	for _, i := range chosen {
		b.WriteString(text[end:ws[i].Start])
		b.WriteString(other(ws[i]))
		end = ws[i].End
	}
	b.WriteString(text[end:])
	return b.String()
}

// spinnable says whether a word counts: letters, more than three of them.
func spinnable(w words.Word) bool {
	return utf8.RuneCountInString(w.Fold) > 3 && lettersOnly(w.Fold)
}

// lettersOnly says whether a word can have a synonym.
func lettersOnly(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) < 0
}

// sameCase gives a word the capital that the one it stands for had.
func sameCase(like, word string) string {
	first, _ := utf8.DecodeRuneInString(like)
	if !unicode.IsUpper(first) {
		return word
	}
	r, n := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(r)) + word[n:]
}
