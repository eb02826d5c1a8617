package config

import (
	"fmt"
	"slices"
	"strings"
)

// names are the words a reference may use, in the order written.
type names struct {
	list []string
	set  map[string]bool
}

func (n *names) add(word string) {
	if n.set == nil {
		n.set = map[string]bool{}
	}
	if !n.set[word] {
		n.set[word] = true
		n.list = append(n.list, word)
	}
}

// known is what references may name.
type known struct {
	sources, topics, tags names
}

func (r *reader) index() *known {
	k := &known{}
	for _, s := range r.cfg.Sources {
		k.sources.add(s.ID)
		for _, tag := range s.Tags {
			k.tags.add(tag)
		}
	}
	for _, t := range r.cfg.Topics {
		k.topics.add(t.ID)
	}
	return k
}

// refer checks that a name stands for something. A name whose table was
// refused has been spoken of.
func (r *reader) refer(path, name, kind string, known names) {
	if name == "" || known.set[name] || r.tried[kind+"s."+name] {
		return
	}
	help := ""
	if n := nearest(name, known.list); n != "" {
		help = fmt.Sprintf("did you mean %q?", n)
	}
	switch n := len(known.list); {
	case n == 0:
		help = "there is no " + kind + " yet"
	case n <= 12:
		help = strings.TrimSpace(help + " " + kind + "s: " + strings.Join(known.list, ", "))
	}
	r.fail(r.at(path), help, "%s: no %s %q", path, kind, name)
}

// pattern checks an id, "tag:…", "!id" or "*".
func (r *reader) pattern(path, pattern string, k *known) {
	p := strings.TrimPrefix(pattern, "!")
	tag, isTag := strings.CutPrefix(p, "tag:")
	switch {
	case p == "*":
	case isTag:
		r.refer(path, tag, "tag", k.tags)
	default:
		r.refer(path, p, "source", k.sources)
	}
}

// takes says whether a topic with these patterns looks at a source: the last
// pattern that fits decides, as in aggregator/topic.
func takes(patterns []string, s *Source) bool {
	in := strings.HasPrefix(patterns[0], "!")
	for _, p := range patterns {
		bare, not := strings.CutPrefix(p, "!")
		tag, isTag := strings.CutPrefix(bare, "tag:")
		if bare == "*" || bare == s.ID || isTag && slices.Contains(s.Tags, tag) {
			in = !not
		}
	}
	return in
}
