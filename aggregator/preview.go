package aggregator

import (
	"cmp"
	"slices"
	"time"

	"github.com/wiredesk/wiredesk/aggregator/topic"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// A Preview is what a topic makes of stored records, and what it would make of
// them by another config. Orders by hand hold in both, as they would.
//
//	p := aggregator.NewPreview("syria", plan, nil)
//	p.Look(records) // as often as there are batches
//	p.Sort()
type Preview struct {
	Topic    string        `json:"topic"`
	Looked   int           `json:"looked"`          // items looked at
	Rejected int           `json:"rejected"`        // of these, put out by a reject term
	Blocked  int           `json:"blocked"`         // of these, blocked by hand; nothing is said of them
	Matched  []PreviewItem `json:"matched"`         // in the topic, newest first
	Missed   []PreviewItem `json:"missed"`          // not in it, most points first, at most MaxMissed
	Dropped  []PreviewItem `json:"dropped"`         // taken out by hand, whatever their points, newest first
	Gained   []PreviewItem `json:"gained,omitzero"` // in it by the other config alone, newest first; nil without one
	Lost     []PreviewItem `json:"lost,omitzero"`   // in it by this config alone, newest first; nil without one

	plan, other *Plan
}

// MaxMissed is how many near misses a preview keeps.
const MaxMissed = 20

// A PreviewItem is an item and the verdicts on it.
type PreviewItem struct {
	Item      int64        `json:"item"` // number of the record
	Source    string       `json:"source"`
	Outlet    string       `json:"outlet"` // name shown
	Title     string       `json:"title"`
	Link      string       `json:"link"`
	Lang      string       `json:"lang"`
	Published time.Time    `json:"published"`
	Match     topic.Match  `json:"match"`           // by this config
	Other     *topic.Match `json:"other,omitempty"` // by the other config; nil without one
}

// NewPreview previews a topic of the plan, against another plan when one is
// given. A plan without the topic matches nothing.
func NewPreview(topic string, plan, other *Plan) *Preview {
	p := &Preview{Topic: topic, Matched: []PreviewItem{}, Missed: []PreviewItem{}, Dropped: []PreviewItem{}, plan: plan, other: other}
	if other != nil {
		p.Gained, p.Lost = []PreviewItem{}, []PreviewItem{}
	}
	return p
}

// Look judges more records. It keeps what it shows, not the records.
func (p *Preview) Look(records []Record) {
	for i := range records {
		p.look(&records[i])
	}
	p.Missed = nearest(p.Missed)
}

func (p *Preview) look(r *Record) {
	if _, blocked := r.Blocked(); blocked {
		p.Looked++
		p.Blocked++
		return
	}
	it := PreviewItem{
		Item: r.ID, Source: r.Source, Outlet: r.Source, Title: r.Item.Title, Link: r.Item.Link, Lang: r.Item.Lang,
		Published: r.Published, Match: p.plan.verdict(p.Topic, r),
	}
	if src := p.plan.Source(r.Source); src != nil {
		it.Outlet = outlet(src, &r.Item)
	}
	if p.other != nil {
		m := p.other.verdict(p.Topic, r)
		it.Other = &m
	}
	p.Looked++
	switch {
	case it.Match.In:
		p.Matched = append(p.Matched, it)
	case it.Match.By == Drop:
		p.Dropped = append(p.Dropped, it)
	case it.Match.Veto != "":
		p.Rejected++
	case it.Match.Score > 0:
		p.Missed = append(p.Missed, it)
	}
	switch {
	case it.Other == nil || it.Other.In == it.Match.In:
	case it.Match.In:
		p.Lost = append(p.Lost, it)
	default:
		p.Gained = append(p.Gained, it)
	}
}

// Sort brings what was found into order, once all records were looked at.
func (p *Preview) Sort() {
	for _, items := range [][]PreviewItem{p.Matched, p.Dropped, p.Gained, p.Lost} {
		slices.SortFunc(items, later)
	}
}

func later(a, b PreviewItem) int {
	return cmp.Or(b.Published.Compare(a.Published), cmp.Compare(b.Item, a.Item))
}

// nearest keeps the misses that lack least.
func nearest(items []PreviewItem) []PreviewItem {
	slices.SortFunc(items, func(a, b PreviewItem) int {
		return cmp.Or(cmp.Compare(b.Match.Score, a.Match.Score), later(a, b))
	})
	return items[:min(len(items), MaxMissed)]
}

// Match judges a record by every topic and obeys the orders about it, as the desk
// does.
func (p *Plan) Match(r *Record) []topic.Match { return p.match(r, nil) }

// match is Match, with what cuts the record's words.
func (p *Plan) match(r *Record, cut func() (title, text []words.Word)) []topic.Match {
	d := doc(p, r)
	d.Cut = cut
	return obey(p, p.Topics.Match(d), r.Orders)
}

// verdict is what one topic says of a record: nothing found when it is not in
// the plan, or finds nothing.
func (p *Plan) verdict(id string, r *Record) topic.Match {
	for _, m := range p.Match(r) {
		if m.Topic == id {
			return m
		}
	}
	return topic.Match{Topic: id, Reasons: []topic.Reason{}}
}
