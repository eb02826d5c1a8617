package config

import (
	"fmt"
	"slices"
)

// checkWas checks the ids that sources, topics and editions had before: each of
// them leads to one thing only.
func (r *reader) checkWas() {
	sources, topics, editions := former{reader: r}, former{reader: r}, former{reader: r}
	for _, s := range r.cfg.Sources {
		sources.add("sources", s.ID, s.Was)
	}
	for _, t := range r.cfg.Topics {
		topics.add("topics", t.ID, t.Was)
	}
	for _, e := range r.cfg.Editions {
		editions.add("editions", e.ID, e.Was)
	}
	for _, f := range []former{sources, topics, editions} {
		f.check()
	}
}

// A former collects the ids of one kind that are in use, and those that were.
type former struct {
	*reader
	kind   string
	living names
	was    [][2]string // the id now, and before
}

func (f *former) add(kind, id string, was []string) {
	f.kind = kind
	f.living.add(id)
	for _, old := range was {
		f.was = append(f.was, [2]string{id, old})
	}
}

func (f *former) check() {
	leads, nth := map[string]string{}, map[string]int{}
	for _, w := range f.was {
		id, old := w[0], w[1]
		path := fmt.Sprintf("%s.%s.was", f.kind, id)
		at := f.at(fmt.Sprintf("%s[%d]", path, nth[id]))
		nth[id]++
		switch {
		case !validID.MatchString(old):
			f.fail(at, "write the id it had", "%s: %q is no id", path, old)
		case f.kind == "editions" && slices.Contains(reserved, old):
			f.fail(at, "take it out", "%s: %q is an address of ours", path, old)
		case f.living.set[old]:
			f.fail(at, "an id is either in use or was before: take it out, or rename the other", "%s: %s.%s is there", path, f.kind, old)
		case leads[old] != "":
			f.fail(at, "take it out in one of them", "%s: %q stands in %s.%s.was already", path, old, f.kind, leads[old])
		default:
			leads[old] = id
		}
	}
}
