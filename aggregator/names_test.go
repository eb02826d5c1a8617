package aggregator

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A held store has items or entries under some ids, and remembers what it was told.
type held struct {
	has   map[string]bool
	names []Name
}

// reload brings it under the editions of a plan, given as an id and those before.
func (h *held) reload(t *testing.T, editions ...[]string) (r Renaming) {
	t.Helper()
	var ids []Calling
	for _, e := range editions {
		ids = append(ids, Calling{EditionID, e[0], e[1:]})
	}
	holds := func(_, id string) Holding {
		if h.has[id] {
			return HoldsMuch
		}
		return HoldsNothing
	}
	r = Rename(ids, h.names, holds)
	for _, m := range r.Moves {
		delete(h.has, m.From)
		h.has[m.To] = true
	}
	h.names = r.Names
	if again := Rename(ids, h.names, holds); len(again.Moves)+len(again.Apart) > 0 || !cmp.Equal(again.Names, r.Names) {
		t.Errorf("a second time: %+v, was %+v", again, r)
	}
	return r
}

func (h *held) root(id string) string { return NewNames(h.names, 0).root(EditionID, id) }
func (h *held) now(id string) string  { return NewNames(h.names, 0).Now(EditionID, id) }

func want[T any](t *testing.T, got, want T) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestARenamedIdKeepsItsRootAndItsOldNames(t *testing.T) {
	h := &held{has: map[string]bool{"a": true}}
	r := h.reload(t, []string{"b", "a"})
	want(t, r.Moves, []Transfer{{EditionID, "a", "b"}})
	want(t, []string{h.root("b"), h.now("a")}, []string{"a", "b"})
	r = h.reload(t, []string{"c", "a", "b"})
	want(t, r.Moves, []Transfer{{EditionID, "b", "c"}})
	want(t, []string{h.root("c"), h.now("a"), h.now("b")}, []string{"a", "c", "c"})
	h.reload(t, []string{"c"}) // was may be left out once it is done
	want(t, []string{h.root("c"), h.now("a"), h.now("b")}, []string{"a", "c", "c"})
}

// A chain that is read for the first time moves what is there, whichever it is.
func TestAChainMovesWhatIsThere(t *testing.T) {
	h := &held{has: map[string]bool{"a": true}}
	want(t, h.reload(t, []string{"c", "a", "b"}).Moves, []Transfer{{EditionID, "a", "c"}})
	want(t, []string{h.root("c"), h.now("a"), h.now("b")}, []string{"a", "c", "c"})
}

func TestRenamingBack(t *testing.T) {
	h := &held{has: map[string]bool{"a": true}}
	h.reload(t, []string{"b", "a"})
	want(t, h.reload(t, []string{"a", "b"}).Moves, []Transfer{{EditionID, "b", "a"}})
	want(t, []string{h.root("a"), h.now("a"), h.now("b")}, []string{"a", "a", "a"})
}

// An id that is given to something new mints other ids than the one that had it:
// those are published.
func TestAnIdInUseAgainMintsIdsOfItsOwn(t *testing.T) {
	h := &held{has: map[string]bool{"a": true}}
	h.reload(t, []string{"b", "a"})
	r := h.reload(t, []string{"b"}, []string{"a"})
	if len(r.Moves) > 0 {
		t.Error(r.Moves)
	}
	want(t, []string{h.root("b"), h.root("a"), h.now("a")}, []string{"a", "a/2", "a"})
	h.has["a"] = true
	h.reload(t, []string{"b"}, []string{"c", "a"})
	r = h.reload(t, []string{"b"}, []string{"c"}, []string{"a"})
	want(t, []string{h.root("b"), h.root("c"), h.root("a")}, []string{"a", "a/2", "a/3"})
}

// Renamed without was, the new id has begun a life of its own.
func TestARenamingThatComesTooLateIsSaid(t *testing.T) {
	h := &held{has: map[string]bool{"a": true, "b": true}}
	r := h.reload(t, []string{"b", "a"})
	want(t, r.Apart, []Transfer{{EditionID, "a", "b"}})
	want(t, len(r.Moves), 0)
	want(t, []string{h.root("b"), h.now("a")}, []string{"b", "b"})
}

// A fresh database mints the ids that the lost one did (I3).
func TestAFreshDatabaseMintsFromTheFirstId(t *testing.T) {
	h := &held{}
	h.reload(t, []string{"c", "a", "b"})
	want(t, h.root("c"), "a")
}
