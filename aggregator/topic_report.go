package aggregator

import (
	"cmp"
	"slices"
	"time"

	"github.com/wiredesk/wiredesk/aggregator/topic"
	"github.com/wiredesk/wiredesk/config"
)

// A TopicsReport is how the terms and the sources of topics did, by the decisions
// stored with records. It decides nothing again. Records are walked twice:
//
//	r := aggregator.NewTopicsReport(plan, since, "syria")
//	r.Look(records) // as often as there are batches
//	r.Weigh(records) // once more, when r.Words()
//	r.Sort()
type TopicsReport struct {
	Since     time.Time      `json:"since"`     // items that came from then on
	Looked    int            `json:"looked"`    // items looked at; what is blocked is not
	Waiting   int            `json:"waiting"`   // of these, not filed by this config yet
	Topics    []*TopicReport `json:"topics"`    // in the order of the config
	Unmatched []SourceShare  `json:"unmatched"` // sources that a topic looks at and of which none here has an item, most items first

	plan    *Plan
	byID    map[string]*TopicReport
	ordered []*TopicReport  // with items that were dropped or put
	items   map[string]int  // looked at, by source
	found   map[string]bool // sources with an item in a topic
}

// A TopicReport is how one topic did.
type TopicReport struct {
	Topic        string        `json:"topic"`
	In           int           `json:"in"`            // items that belong to it
	Dropped      int           `json:"dropped"`       // by hand
	Put          int           `json:"put"`           // by hand
	Idle         []TermCount   `json:"idle"`          // terms that decided nothing, in the order of the config
	Wrong        []TermCount   `json:"wrong"`         // terms that brought in what was dropped, most first
	DroppedWords []WordCount   `json:"dropped_words"` // frequent in what was dropped, not in what stayed
	PutWords     []WordCount   `json:"put_words"`     // frequent in what was put, not in what is out
	Sources      []SourceShare `json:"sources"`       // with items in it, largest share first

	aim     string
	counts  map[termKey]*TermCount
	terms   []*TermCount // of the config
	in      map[string]int
	dropped sample
	added   sample // put
}

// A TermCount is what a term did, in items. A term decides what it scores in when
// the score is enough, an ignore term what it takes a mention from, a reject term
// what it puts out. The first MaxReasons mentions of an item are known.
type TermCount struct {
	List    string `json:"list"` // "strong.en", "ignore", …
	Term    string `json:"term"` // as written
	Found   int    `json:"found"`
	Decided int    `json:"decided"`
	Dropped int    `json:"dropped"` // of those decided, dropped by hand
}

// A SourceShare is how much of a source belongs to a topic.
type SourceShare struct {
	Source string  `json:"source"`
	Items  int     `json:"items"` // that came in the window
	In     int     `json:"in"`
	Share  float64 `json:"share"` // In of Items
}

type termKey struct{ list, term string }

// NewTopicsReport reports on the topics named, on all when none is. The plan has
// those that are named.
func NewTopicsReport(plan *Plan, since time.Time, ids ...string) *TopicsReport {
	r := &TopicsReport{
		Since: since, Topics: []*TopicReport{}, Unmatched: []SourceShare{},
		plan: plan, byID: map[string]*TopicReport{}, items: map[string]int{}, found: map[string]bool{},
	}
	for _, t := range plan.Config.Topics {
		if len(ids) == 0 || slices.Contains(ids, t.ID) {
			top := newTopicReport(t)
			r.Topics, r.byID[t.ID] = append(r.Topics, top), top
		}
	}
	return r
}

func newTopicReport(t *config.Topic) *TopicReport {
	top := &TopicReport{
		Topic: t.ID, aim: t.Aim, Idle: []TermCount{}, Wrong: []TermCount{}, Sources: []SourceShare{},
		DroppedWords: []WordCount{}, PutWords: []WordCount{},
		counts: map[termKey]*TermCount{}, in: map[string]int{},
	}
	list := func(name string, terms []config.Term) {
		for _, term := range terms {
			top.terms = append(top.terms, top.count(name, term.Text))
		}
	}
	for _, l := range t.Strong {
		list("strong."+l.Lang, l.Terms)
	}
	for _, l := range t.Weak {
		list("weak."+l.Lang, l.Terms)
	}
	list("ignore", t.Ignore)
	list("reject", t.Reject)
	return top
}

func (t *TopicReport) count(list, term string) *TermCount {
	key := termKey{list, term}
	if t.counts[key] == nil {
		t.counts[key] = &TermCount{List: list, Term: term}
	}
	return t.counts[key]
}

// Look counts what was decided about more records. It keeps counts, and the words
// of what was dropped or put; not the records.
func (r *TopicsReport) Look(records []Record) {
	for i := range records {
		rec := &records[i]
		if _, blocked := rec.Blocked(); blocked {
			continue
		}
		r.Looked++
		r.items[rec.Source]++
		if rec.FiledPlan != r.plan.Print || rec.FiledRev < rec.Rev {
			r.Waiting++
		}
		for j := range rec.Matches {
			m := &rec.Matches[j]
			t := r.byID[m.Topic]
			if t == nil {
				continue
			}
			t.look(rec, m)
			if (m.By == Put || m.By == Drop) && !slices.Contains(r.ordered, t) {
				r.ordered = append(r.ordered, t)
			}
			r.found[rec.Source] = r.found[rec.Source] || m.In
		}
	}
}

func (t *TopicReport) look(rec *Record, m *topic.Match) {
	if m.In {
		t.In++
		t.in[rec.Source]++
	}
	switch m.By {
	case Drop:
		t.Dropped++
		t.dropped.learn(rec)
	case Put:
		t.Put++
		t.added.learn(rec)
	}
	enough := t.enough(m)
	seen := map[termKey]bool{}
	for _, why := range m.Reasons {
		key := termKey{why.List, why.Term}
		if seen[key] {
			continue
		}
		seen[key] = true
		c := t.count(why.List, why.Term)
		c.Found++
		switch {
		case why.List == "ignore" || why.List == "reject":
			c.Decided++
		case enough && scores(m, key):
			c.Decided++
			if m.By == Drop {
				c.Dropped++
			}
		}
	}
}

// enough says whether the terms alone let the item in, which an order by hand
// stands over.
func (t *TopicReport) enough(m *topic.Match) bool {
	switch {
	case m.By == "":
		return m.In
	case m.By != Put && m.By != Drop || m.Veto != "" || m.Lacks != "" || m.Score == 0:
		return false
	case m.Score >= m.Need:
		return true
	}
	return t.aim == "strict" && slices.ContainsFunc(m.Reasons, func(why topic.Reason) bool {
		return why.Points == 1 && why.Field != "summary" && why.Field != "body"
	})
}

// scores says whether a term has points in one of its mentions.
func scores(m *topic.Match, key termKey) bool {
	return slices.ContainsFunc(m.Reasons, func(why topic.Reason) bool {
		return why.Points > 0 && termKey{why.List, why.Term} == key
	})
}

// Sort works out the lists, once all records were looked at.
func (r *TopicsReport) Sort() {
	for _, t := range r.Topics {
		t.sort(r.items)
		t.DroppedWords = t.dropped.frequent(r.plan, t.Topic)
		t.PutWords = t.added.frequent(r.plan, t.Topic)
	}
	r.Unmatched = r.Unmatched[:0]
	for source, n := range r.items {
		if !r.found[source] && r.asked(source) {
			r.Unmatched = append(r.Unmatched, SourceShare{Source: source, Items: n})
		}
	}
	slices.SortFunc(r.Unmatched, func(a, b SourceShare) int {
		return cmp.Or(cmp.Compare(b.Items, a.Items), cmp.Compare(a.Source, b.Source))
	})
}

// asked says whether one of the topics looks at a source. Those that the config
// has no longer are asked by none.
func (r *TopicsReport) asked(source string) bool {
	if r.plan.Source(source) == nil {
		return false
	}
	d := doc(r.plan, &Record{Source: source})
	return slices.ContainsFunc(r.Topics, func(t *TopicReport) bool { return r.plan.Topics.Takes(t.Topic, d) })
}

func (t *TopicReport) sort(items map[string]int) {
	t.Idle, t.Wrong, t.Sources = t.Idle[:0], t.Wrong[:0], t.Sources[:0]
	for _, c := range t.terms {
		if c.Decided == 0 {
			t.Idle = append(t.Idle, *c)
		}
	}
	for _, c := range t.counts {
		if c.Dropped > 0 {
			t.Wrong = append(t.Wrong, *c)
		}
	}
	slices.SortFunc(t.Wrong, func(a, b TermCount) int {
		return cmp.Or(cmp.Compare(b.Dropped, a.Dropped), cmp.Compare(a.Decided, b.Decided), cmp.Compare(a.List, b.List), cmp.Compare(a.Term, b.Term))
	})
	for source, n := range t.in {
		t.Sources = append(t.Sources, SourceShare{Source: source, Items: items[source], In: n, Share: float64(n) / float64(items[source])})
	}
	slices.SortFunc(t.Sources, func(a, b SourceShare) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(b.In, a.In), cmp.Compare(a.Source, b.Source))
	})
}
