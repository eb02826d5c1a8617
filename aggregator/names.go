package aggregator

import (
	"fmt"
	"maps"
	"slices"

	"github.com/wiredesk/wiredesk/config"
)

// The kinds of ids that may be renamed.
const (
	SourceID  = "source"
	TopicID   = "topic"
	EditionID = "edition"
)

// A Name is what the store remembers of an id that is, or was, another.
type Name struct {
	Kind string
	ID   string
	Now  string // the id in use that it leads to; ID itself while that is in use
	Root string // the id under which ids of entries are minted, "" for ID itself
}

// Names are all that is remembered. No Names at all remember nothing.
type Names struct {
	all     map[[2]string]Name // by kind and id
	renamed int
}

// NewNames gathers names, and how many renamings there were since the store was
// opened.
func NewNames(list []Name, renamed int) *Names {
	n := &Names{all: map[[2]string]Name{}, renamed: renamed}
	for _, one := range list {
		n.all[[2]string{one.Kind, one.ID}] = one
	}
	return n
}

// Now is the id that another leads to: itself, unless it was renamed.
func (n *Names) Now(kind, id string) string {
	if n == nil {
		return id
	}
	if one, ok := n.all[[2]string{kind, id}]; ok {
		return one.Now
	}
	return id
}

// Count is how many renamings there were since the store was opened.
func (n *Names) Count() int {
	if n == nil {
		return 0
	}
	return n.renamed
}

// root is the id that ids of entries are minted from.
func (n *Names) root(kind, id string) string {
	if n == nil {
		return id
	}
	if one := n.all[[2]string{kind, id}]; one.Root != "" {
		return one.Root
	}
	return id
}

// Under is the plan as it runs on a store that remembers these names.
func (p *Plan) Under(n *Names) *Plan {
	q := *p
	q.names = n
	return &q
}

// Renamed finds the edition that had an id before; nil when none in use had.
func (p *Plan) Renamed(id string) *config.Edition {
	for _, ed := range p.Config.Editions {
		if slices.Contains(ed.Was, id) {
			return ed
		}
	}
	return p.Edition(p.Called(id))
}

// Called is the id that an edition has now.
func (p *Plan) Called(edition string) string { return p.names.Now(EditionID, edition) }

// A Calling is an id of a plan, with those it had before, the first one first.
type Calling struct {
	Kind string
	ID   string
	Was  []string
}

// Callings are the ids of a plan.
func (p *Plan) Callings() (all []Calling) {
	for _, s := range p.Config.Sources {
		all = append(all, Calling{SourceID, s.ID, s.Was})
	}
	for _, t := range p.Config.Topics {
		all = append(all, Calling{TopicID, t.ID, t.Was})
	}
	for _, e := range p.Config.Editions {
		all = append(all, Calling{EditionID, e.ID, e.Was})
	}
	return all
}

// A Renaming is what is to be done for a plan.
type Renaming struct {
	Moves []Transfer
	Apart []Transfer // that come too late: the new id has items or entries of its own
	Names []Name     // what is remembered from then on, in order
}

// A Holding says how much a store has under an id.
type Holding int

// Nothing; something; or what makes it a life of its own: items, entries.
const (
	HoldsNothing Holding = iota
	HoldsSome
	HoldsMuch
)

// Rename decides what a plan renames in a store that holds what it holds and
// remembers these names. What was renamed once is remembered as leading to its
// new id, and is not touched again: so it holds after a restart, and an id that
// is later given to something else stays that one's.
func Rename(ids []Calling, known []Name, holds func(kind, id string) Holding) Renaming {
	r := renamer{Names: NewNames(known, 0), holds: holds}
	for _, c := range ids {
		if was := r.Now(c.Kind, c.ID); was != c.ID { // in use again
			r.set(Name{c.Kind, c.ID, c.ID, ""})
		}
	}
	for _, c := range ids {
		r.rename(c)
	}
	for _, c := range ids {
		if c.Kind != TopicID {
			r.plant(c)
		}
	}
	r.Renaming.Names = slices.SortedFunc(maps.Values(r.all), func(a, b Name) int {
		return slices.Compare([]string{a.Kind, a.ID}, []string{b.Kind, b.ID})
	})
	return r.Renaming
}

// A renamer works one Rename out.
type renamer struct {
	*Names
	Renaming
	holds func(kind, id string) Holding
}

func (r *renamer) set(n Name) {
	if n.Now == n.ID && (n.Root == "" || n.Root == n.ID) {
		delete(r.all, [2]string{n.Kind, n.ID})
		return
	}
	r.all[[2]string{n.Kind, n.ID}] = n
}

// rename moves what stands under the last of the ids that c had before; of a
// topic, whose id stands in orders and entries only, what stands under any.
func (r *renamer) rename(c Calling) {
	root, moved := r.root(c.Kind, c.ID), false
	for _, old := range slices.Backward(c.Was) {
		m := Transfer{c.Kind, old, c.ID}
		switch {
		case r.Now(c.Kind, old) == c.ID || c.Kind != TopicID && (moved || r.holds(c.Kind, old) == HoldsNothing):
		case c.Kind != TopicID && r.holds(c.Kind, c.ID) == HoldsMuch:
			r.Apart = append(r.Apart, m)
		default:
			root, moved = r.root(c.Kind, old), true
			r.Moves = append(r.Moves, m)
		}
		for key, n := range r.all {
			if n.Kind == c.Kind && n.Now == old {
				n.Now = c.ID
				r.all[key] = n
			}
		}
	}
	if !moved && len(c.Was) > 0 && root == c.ID && r.holds(c.Kind, c.ID) == HoldsNothing {
		root = c.Was[0] // a fresh database mints the ids that the old one did
	}
	for _, old := range c.Was {
		r.set(Name{c.Kind, old, c.ID, ""})
	}
	if c.Kind != TopicID {
		r.set(Name{c.Kind, c.ID, c.ID, root})
	}
}

// plant gives an id a root that no other has: one that was another's once would
// mint the ids of entries that the other has published.
func (r *renamer) plant(c Calling) {
	root := r.root(c.Kind, c.ID)
	for i := 1; r.rooted(c, root); i++ {
		if root = c.ID; i > 1 {
			root = fmt.Sprintf("%s/%d", c.ID, i)
		}
	}
	r.set(Name{c.Kind, c.ID, c.ID, root})
}

func (r *renamer) rooted(c Calling, root string) bool {
	for _, n := range r.all {
		if n.Kind == c.Kind && n.ID != c.ID && n.Root == root {
			return true
		}
	}
	return false
}
