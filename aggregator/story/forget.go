package story

import (
	"slices"
	"time"
)

// Remove forgets a piece, as when its topic no longer wants it.
func (x *Index) Remove(record int64) {
	slot, ok := x.at[record]
	if !ok {
		return
	}
	o := x.slots[slot]
	x.count(o, -1)
	x.leave(o, slot)
	x.unpost(o)
	delete(x.at, record)
	x.slots[slot], x.taleOf[slot] = nil, -1
	if len(x.slots) >= 2*len(x.at)+1000 {
		x.sweep()
	}
}

// Move puts a held piece into another story, by the operator's word. As a copy
// it stays one of the same record.
func (x *Index) Move(record, to int64) {
	slot, ok := x.at[record]
	if !ok {
		return
	}
	o := x.slots[slot]
	x.leave(o, slot)
	x.join(o, slot, to)
}

// Trim forgets the pieces that came before t.
func (x *Index) Trim(t time.Time) {
	if x.oldest.IsZero() || !x.oldest.Before(t) {
		return
	}
	var out []int64
	x.oldest = time.Time{}
	for _, o := range x.slots {
		switch {
		case o == nil:
		case o.Came.Before(t):
			out = append(out, o.Record)
		case x.oldest.IsZero() || o.Came.Before(x.oldest):
			x.oldest = o.Came
		}
	}
	for _, record := range out {
		x.Remove(record)
	}
}

// forget makes room in a full index: the hundredth part that came first goes.
func (x *Index) forget() {
	came := make([]time.Time, 0, len(x.at))
	for _, o := range x.slots {
		if o != nil {
			came = append(came, o.Came)
		}
	}
	slices.SortFunc(came, time.Time.Compare)
	x.Trim(came[len(came)/100].Add(1))
}

// sweep lays the slots anew, as is due once half of them are empty.
func (x *Index) sweep() {
	full := x.slots
	x.slots, x.taleOf, x.hits = make([]*placed, 0, len(x.at)), make([]int32, 0, len(x.at)), make([]int32, 0, len(x.at))
	x.told, x.fronts = make([]*tale, 0, len(x.tales)), make([]front, len(x.tales))
	x.scores = make([]uint64, len(x.tales))
	x.clear()
	for _, t := range x.tales {
		t.members = t.members[:0]
		t.place = int32(len(x.told))
		x.told = append(x.told, t)
	}
	for _, o := range full {
		if o == nil {
			continue
		}
		slot := int32(len(x.slots))
		x.slots, x.taleOf, x.hits = append(x.slots, o), append(x.taleOf, o.tale.place), append(x.hits, 0)
		x.at[o.Record] = slot
		x.post(o, slot)
		o.tale.members = append(o.tale.members, slot)
	}
}
