package aggregator

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/clean"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// correctPause is how long after one correction of an entry the next is shown:
// readers are not to be called back for every comma.
const correctPause = 6 * time.Hour

// corrections are the words by which publishers mark a correction of their own,
// in English, Arabic, French, Turkish, German and Spanish.
var corrections = regexp.MustCompile(`(?m)(?:^|[.!?؟]\s+)((` + strings.Join(correctMarks, "|") + `)\s*[:：（(].*)$`)

var correctMarks = []string{
	"Correction", "Clarification", "CORRECTION", "تصحيح", "تنويه", "Correctif", "Rectificatif", "Erratum",
	"Düzeltme", "Korrektur", "Berichtigung", "Corrección", "Fe de errores",
}

// correction finds the publisher's own correction in a text and returns it, cut
// to 300 characters; "" when there is none.
func correction(text string) string {
	return clean.Excerpt(strings.TrimSpace(correctionIn(text)), 300)
}

// gone are the words that an item had and has no more, but perhaps in its
// correction: "an earlier version said …" repeats just what was taken back. The
// mark of an earlier correction is no such word: every later one has it too.
func gone(old, now *feeds.Item) map[string]bool {
	words := tellingWords(old.Title + "\n" + old.Text)
	kept := strings.Replace(now.Text, correctionIn(now.Text), "", 1)
	if m := corrections.FindStringSubmatch(now.Text); m != nil {
		kept += "\n" + m[2]
	}
	for w := range tellingWords(now.Title + "\n" + kept) {
		delete(words, w)
	}
	return words
}

// correctionIn is the correction as it stands in a text. Nearly every text has
// none of the words, and the expression would cost a tenth of a first import.
func correctionIn(text string) string {
	if !slices.ContainsFunc(correctMarks, func(mark string) bool { return strings.Contains(text, mark) }) {
		return ""
	}
	if m := corrections.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// tellingWords are the words of a text that say something by themselves:
// figures, and words of four letters or more.
func tellingWords(text string) map[string]bool {
	all := map[string]bool{}
	for _, w := range words.Split(text) {
		r, _ := utf8.DecodeRuneInString(w.Fold)
		if unicode.IsNumber(r) || r >= 0x2e80 || utf8.RuneCountInString(w.Fold) >= 4 {
			all[w.Fold] = true
		}
	}
	return all
}

// showable is a correction without the sentences that repeat a removed word. Its
// mark alone ("Correction") is left when all of them do.
func showable(note string, removed map[string]bool) string {
	var kept []string
	for _, s := range words.Sentences(note) {
		if !says(s, removed) {
			kept = append(kept, strings.TrimSpace(s))
		}
	}
	if len(kept) == 0 {
		mark, _, _ := strings.Cut(note, ":")
		return strings.TrimRight(strings.TrimSpace(mark), "：（( ")
	}
	return strings.Join(kept, " ")
}

func says(s string, removed map[string]bool) bool {
	for w := range tellingWords(s) {
		if removed[w] {
			return true
		}
	}
	return false
}

// correct takes over a publisher's own correction: of the lead with a note, and
// at most once in six hours; of another telling only what it had wrong in its
// title. Any other revision changes nothing that is published.
func (l *layout) correct(ed *config.Edition, e *Entry, r *Record) {
	t := e.telling(r.ID)
	if r.Note == "" || r.NoteRev == t.NoteRev {
		return
	}
	lead := e.Lead.Record == r.ID
	if free := e.Updated.Add(correctPause); lead && t.NoteRev != 0 && l.now.Before(free) {
		l.wait(r.ID, ed, free, "its publisher's next correction waits")
		return
	}
	fresh := telling(l.plan, r, t.Topics)
	if says(t.Title, gone(&feeds.Item{Title: t.Title}, &r.Item)) {
		t.Title = fresh.Title // frozen, but for words that were taken back
		l.retell(e)
	}
	t.Note, t.NoteRev, t.Summary, t.Content = r.Note, r.NoteRev, fresh.Summary, fresh.Content
	if lead && !l.fresh[e.ID] {
		e.Updated = l.now.UTC().Truncate(time.Second)
	}
	l.touch(e)
}

// telling is e's telling of a record, nil when it has none.
func (e *Entry) telling(record int64) *Telling {
	if e.Lead.Record == record {
		return &e.Lead
	}
	for i := range e.Also {
		if e.Also[i].Record == record {
			return &e.Also[i]
		}
	}
	return nil
}

// giveBack tells again what a publisher had withdrawn and publishes after all.
func (l *layout) giveBack(ed *config.Edition, e *Entry, r *Record, topics []string) {
	e.Lead = telling(l.plan, r, topics)
	e.Lead.mark(r.Orders, ed.ID, l.now)
	e.Updated = l.now.UTC().Truncate(time.Second)
	l.touch(e)
	l.retell(e)
}

// takeBack leaves of a withdrawn item's entry its id, its place and a word that
// its publisher has withdrawn it: readers who have the entry are told, and none
// of its words is shown again.
func (l *layout) takeBack(e *Entry, r *Record) {
	t := &e.Lead
	t.Withdrawn = r.Withdrawn
	t.Lang, t.Headline, t.Remark, t.Note = "en", "", "", ""
	t.Title = "Withdrawn by " + t.Outlet
	t.Summary = t.Outlet + " has withdrawn this item."
	t.Content, t.Image, t.Rights, t.Words = "", "", "", 0
	t.Authors, t.Categories, t.Enclosures, t.Pinned = nil, nil, nil, false
	e.Updated = l.now.UTC().Truncate(time.Second)
	l.touch(e)
	l.retell(e)
}

// retell brings the later parts of a story up to what e is called now: their
// "Earlier" must not go on saying what was taken back. It moves no Updated.
func (l *layout) retell(e *Entry) {
	for _, o := range l.entries[e.Story] {
		if o.Earlier != nil && o.Earlier.ID == e.ID && o.Earlier.Title != e.Lead.Head() {
			o.Earlier.Title = e.Lead.Head()
			l.touch(o)
		}
	}
}
