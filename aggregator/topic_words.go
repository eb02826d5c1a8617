package aggregator

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/aggregator/topic"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// A WordCount is a word in the titles and leads of what somebody ordered about,
// and in the rest it stands out from.
type WordCount struct {
	Word   string `json:"word"`   // as it stands in one of them
	Items  int    `json:"items"`  // that were ordered about and have it
	Of     int    `json:"of"`     // that were ordered about
	Others int    `json:"others"` // of the rest, that have it
	Rest   int    `json:"rest"`
}

// A sample is the words of the items that were ordered about.
type sample struct {
	items, rest int
	words       map[string]*sampled // by fold
}

type sampled struct {
	raw, lang, source string // where it stood first
	items, others     int
}

// Bounds of what is looked at and shown.
const (
	sampleWords = 20_000 // kept of one sample
	sampleLead  = 600    // bytes of the text, about its lead
	shownWords  = 15
	leastItems  = 2 // that a word stands in: one item has any word
)

// learn adds an item to the sample.
func (s *sample) learn(rec *Record) {
	if s.words == nil {
		s.words = map[string]*sampled{}
	}
	s.items++
	for fold, raw := range said(rec) {
		w := s.words[fold]
		if w == nil {
			if len(s.words) == sampleWords {
				continue
			}
			w = &sampled{raw: raw, lang: rec.Item.Lang, source: rec.Source}
			s.words[fold] = w
		}
		w.items++
	}
}

// weigh holds an item of the rest against the sample.
func (s *sample) weigh(spoken map[string]string) {
	s.rest++
	for fold := range spoken {
		if w := s.words[fold]; w != nil {
			w.others++
		}
	}
}

// said are the words of an item's title and lead by their folds, without numbers
// and the shortest.
func said(rec *Record) map[string]string {
	lead := rec.Item.Text
	if len(lead) > sampleLead {
		lead = lead[:sampleLead]
		lead = strings.ToValidUTF8(lead[:max(strings.LastIndexByte(lead, ' '), sampleLead/2)], "") // no half word
	}
	spoken := map[string]string{}
	for _, w := range slices.Concat(words.Split(rec.Item.Title), words.Split(lead)) {
		first, _ := utf8.DecodeRuneInString(w.Fold)
		short := 3
		if first > unicode.MaxLatin1 {
			short = 2 // Chinese and Japanese come as pairs
		}
		if unicode.IsLetter(first) && utf8.RuneCountInString(w.Fold) >= short && spoken[w.Fold] == "" {
			spoken[w.Fold] = w.Raw
		}
	}
	return spoken
}

// Words says whether enough was dropped or put that words can be frequent in it:
// then Weigh is to see the records again.
func (r *TopicsReport) Words() bool {
	return slices.ContainsFunc(r.ordered, func(t *TopicReport) bool { return t.dropped.tells() || t.added.tells() })
}

func (s *sample) tells() bool { return s.items >= leastItems }

// Weigh counts, of the words of what was dropped, those in what stayed in the
// topic, and of what was put those in what is out of it.
func (r *TopicsReport) Weigh(records []Record) {
	for i := range records {
		rec := &records[i]
		if _, blocked := rec.Blocked(); blocked {
			continue
		}
		var spoken map[string]string
		for _, t := range r.ordered {
			s := t.against(rec)
			if s == nil || !s.tells() {
				continue
			}
			if spoken == nil {
				spoken = said(rec)
			}
			s.weigh(spoken)
		}
	}
}

// against is the sample that a record is held against, nil when it is in it.
func (t *TopicReport) against(rec *Record) *sample {
	for i := range rec.Matches {
		switch m := &rec.Matches[i]; {
		case m.Topic != t.Topic:
		case m.By == Put || m.By == Drop:
			return nil
		case m.In:
			return &t.dropped
		}
	}
	return &t.added
}

// frequent are the words that stand out in a sample, at least twice as frequent
// as in the rest, and are no term of the topic yet.
func (s *sample) frequent(plan *Plan, id string) []WordCount {
	found := []WordCount{}
	for fold, w := range s.words {
		if w.items >= leastItems && w.items*s.rest >= 2*w.others*s.items {
			found = append(found, WordCount{Word: fold, Items: w.items, Of: s.items, Others: w.others, Rest: s.rest})
		}
	}
	slices.SortFunc(found, func(a, b WordCount) int {
		return cmp.Or(cmp.Compare(b.lead(), a.lead()), cmp.Compare(a.Word, b.Word))
	})
	shown := found[:0]
	for _, w := range found {
		if len(shown) == shownWords {
			break
		}
		first := s.words[w.Word]
		if !plan.isTerm(id, first) {
			w.Word = first.raw
			shown = append(shown, w)
		}
	}
	return shown
}

// lead is by how much of the items a word stands out.
func (w *WordCount) lead() float64 {
	return float64(w.Items)/float64(w.Of) - float64(w.Others)/float64(max(w.Rest, 1))
}

// isTerm asks the topics themselves whether a word alone is a term of one.
func (p *Plan) isTerm(id string, w *sampled) bool {
	item := &feeds.Item{Title: w.raw, Lang: w.lang}
	return slices.ContainsFunc(p.Topics.Match(topic.Doc{Item: item, Source: w.source}), func(m topic.Match) bool {
		return m.Topic == id && len(m.Reasons) > 0
	})
}
