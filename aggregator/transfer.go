package aggregator

import "slices"

// A Transfer is one renaming in the store: all that is under one id goes under
// another.
type Transfer struct{ Kind, From, To string }

// Rename writes new ids into e. Its own id, title, link and dates stay (I3).
func (e *Entry) Rename(moves []Transfer) {
	e.Edition = follow(moves, EditionID, e.Edition)
	e.Lead.rename(moves)
	for i := range e.Also {
		e.Also[i].rename(moves)
	}
}

func (t *Telling) rename(moves []Transfer) {
	t.Source = follow(moves, SourceID, t.Source)
	var topics []string
	for _, id := range t.Topics {
		if id = follow(moves, TopicID, id); !slices.Contains(topics, id) {
			topics = append(topics, id)
		}
	}
	t.Topics = topics
}

// Rename writes new ids into o.
func (o *Order) Rename(moves []Transfer) {
	o.Source = follow(moves, SourceID, o.Source)
	o.Topic = follow(moves, TopicID, o.Topic)
	o.Edition = follow(moves, EditionID, o.Edition)
	if o.With != nil {
		with := *o.With
		with.Source = follow(moves, SourceID, with.Source)
		o.With = &with
	}
}

// Transfers are the renamings that names remember.
func Transfers(names []Name) (all []Transfer) {
	for _, n := range names {
		if n.Now != n.ID {
			all = append(all, Transfer{n.Kind, n.ID, n.Now})
		}
	}
	return all
}

// follow is an id as it is after all moves.
func follow(moves []Transfer, kind, id string) string {
	for _, m := range moves {
		if m.Kind == kind && m.From == id {
			return m.To
		}
	}
	return id
}
