package aggregator

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/clean"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// The kinds of revisions, by what they do. Only a correction is published.
const (
	Cosmetic   = "cosmetic"   // clock times, counters, blanks: the item is stored as it is now, and nothing follows
	Figures    = "figures"    // the words are the same, the numbers have moved
	Corrected  = "correction" // the publisher says so in its own words
	Edited     = "edit"       // anything else
	TakenBack  = "withdrawn"  // the publisher has withdrawn the item
	maxChanges = 20           // sentences kept of each side of a revision
)

// A Revision is one change of an item, as it is kept for ever beside the record.
type Revision struct {
	Rev     int       `json:"rev"` // the record's after the change
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"`
	Title   string    `json:"title,omitempty"`   // what it was, when that changed
	Link    string    `json:"link,omitempty"`    // the same
	Removed []string  `json:"removed,omitempty"` // sentences that went, cut
	Added   []string  `json:"added,omitempty"`   // sentences that came, cut
	Note    string    `json:"note,omitempty"`    // of a correction: the publisher's words as far as they may be shown
}

// Revise reads what a publisher did to an item. It is a pure function of the
// texts before and after; Rev and At are left to the store.
func Revise(old, now *feeds.Item) Revision {
	r := Revision{Kind: kindOf(old, now)}
	if r.Kind == Cosmetic {
		return r
	}
	if old.Title != now.Title {
		r.Title = clean.Excerpt(old.Title, maxTitle)
	}
	if clean.Key(old.Link) != clean.Key(now.Link) {
		r.Link = old.Link
	}
	r.Removed, r.Added = differ(old.Text, now.Text)
	if r.Kind == Corrected {
		r.Note = showable(correction(now.Text), gone(old, now))
	}
	return r
}

func kindOf(old, now *feeds.Item) string {
	if note := correction(now.Text); note != "" && note != correction(old.Text) {
		return Corrected
	}
	if clean.Key(old.Link) != clean.Key(now.Link) {
		return Edited
	}
	a, b := steady(old), steady(now)
	if slices.Equal(a, b) {
		return Cosmetic
	}
	if slices.Equal(withoutFigures(a), withoutFigures(b)) {
		return Figures
	}
	return Edited
}

// unsteady are the passages that pages and feeds keep moving while their news
// stays: clock times, ages and counters, in the six languages we claim, and the
// lines that say when a text was last touched.
var unsteady = []*regexp.Regexp{
	regexp.MustCompile(`(?im)^\W*(?:last |first )?(?:updated|published|modified|posted|edited|mis à jour|publié|modifié|aktualisiert|veröffentlicht|stand|güncelleme|güncellendi|yayınlanma|actualizado|publicado|آخر تحديث|تم التحديث|نشر|تاريخ النشر)\b?[^\n]{0,80}\d[^\n]{0,40}$`),
	regexp.MustCompile(`(?i)\b\d{1,2}(?:[:.h]\d{2}){1,2}(?:\s?[ap]\.?m\.?)?(?:\s?(?:GMT|UTC|CET|CEST|EET|EST|EDT|BST|TRT|Uhr))?(?:\s?[+-]\d{1,4})?`),
	regexp.MustCompile(`(?i)\b(?:\d+|an?|one)\s+(?:sec(?:ond)?|min(?:ute)?|hour|day)s?\s+(?:ago|read)\b|\b\d+\s*-?min(?:ute)? read\b`),
	regexp.MustCompile(`(?i)\bil y a \d+ (?:seconde|minute|heure|jour)s?|\bvor \d+ (?:Sekunde|Minute|Stunde|Tag)(?:n|en)?\b|\bhace \d+ (?:segundo|minuto|hora|día)s?|\b\d+ (?:saniye|dakika|saat|gün) önce|منذ \d+ \S+`),
	regexp.MustCompile(`(?i)\b\d[\d.,\s]{0,8}(?:views?|comments?|shares?|likes?|reads?|followers?|retweets?|vues?|commentaires?|partages?|Aufrufe|Kommentare?|vistas|comentarios?|görüntülenme|yorum)\b|\d[\d.,]{0,8}\s?(?:مشاهدة|مشاهدات|تعليق|تعليقات)`),
	regexp.MustCompile(`(?i)\b(?:views?|comments?|shares?|likes?|reads|followers)\s*[:(]\s*\d[\d.,]{0,8}\)?|(?:المشاهدات|التعليقات)\s*:?\s*\d[\d.,]{0,8}`),
}

// steady are an item's words without what moves by itself, title before text.
func steady(it *feeds.Item) (ws []string) {
	for _, s := range []string{it.Title, it.Text} {
		for _, re := range unsteady {
			s = re.ReplaceAllString(s, " ")
		}
		for _, w := range words.Split(s) {
			ws = append(ws, w.Fold)
		}
		ws = append(ws, "\n") // no word of the title moves into the text unseen
	}
	return ws
}

func withoutFigures(ws []string) []string {
	return slices.DeleteFunc(slices.Clone(ws), func(w string) bool {
		r, _ := utf8.DecodeRuneInString(w)
		return unicode.IsNumber(r)
	})
}

// differ lists the sentences that only one of two texts has, in its order.
func differ(old, now string) (removed, added []string) {
	a, b := sentences(old), sentences(now)
	return only(a, b), only(b, a)
}

func only(these, others []sentence) (list []string) {
	have := map[string]bool{}
	for _, s := range others {
		have[s.fold] = true
	}
	for _, s := range these {
		if !have[s.fold] && len(list) < maxChanges {
			list = append(list, clean.Excerpt(s.text, 300))
		}
	}
	return list
}

type sentence struct{ text, fold string }

func sentences(text string) (all []sentence) {
	for _, s := range words.Sentences(text) {
		var fold []string
		for _, w := range words.Split(s) {
			fold = append(fold, w.Fold)
		}
		if len(fold) > 0 {
			all = append(all, sentence{s, strings.Join(fold, " ")})
		}
	}
	return all
}
