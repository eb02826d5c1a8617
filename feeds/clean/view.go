package clean

import (
	"strings"

	"golang.org/x/net/html"
)

// clean cleans one HTML field: safe first, then without repeats and footers.
func (b body) clean(src, base string) string {
	out, _ := b.view(src, base)
	return out
}

// A view is what clean HTML shows.
type view struct{ text, image string }

// view cleans one HTML field and looks at the result while its tree is at hand.
func (b body) view(src, base string) (out string, v view) {
	if strings.TrimSpace(src) == "" {
		return "", view{}
	}
	known, link := foldings{}, linkFrom(base)
	last := ""
	var tree []*html.Node // of what comes out
	out, fine := settle(src, func(s string) (out string, settled bool, err error) {
		out, tree, settled, err = b.once(s, known, link)
		if err == nil {
			last = s
		}
		return out, settled, err
	})
	if !fine && last != "" { // what it told stays what it was before it was written
		if nodes, err := parse(last); err == nil {
			b.surplus(passages(nodes, known), link)
		}
	}
	if !fine || tree == nil {
		return out, viewOf(out)
	}
	return out, view{textOf(tree, len(out)), imageIn(tree)}
}

// once cleans once. settled: a second time would change nothing, and tree is what
// a parser makes of what came out. That is known where the writer has no doubt and
// the rules for what says nothing new find nothing in what is left.
func (b body) once(src string, known foldings, link linker) (out string, tree []*html.Node, settled bool, err error) {
	nodes, err := parse(src)
	if err != nil {
		return "", nil, false, err
	}
	left, skip, _ := b.surplus(passages(nodes, known), link)
	said := len(skip) // nodes; the writer leaves out others
	w := &writer{to: link, rules: b.rules, skip: skip}
	w.Grow(len(src) + len(src)/16)
	out = w.fragment(nodes)
	if w.doubt || len(nodes) == 0 || strings.Count(out, "<") > maxTags {
		return out, nil, false, nil
	}
	if !w.moved && len(w.skip) == 0 && len(w.open) == 0 && w.Len() == len(out) {
		return out, nodes, true, nil
	}
	root := nodes[0].Parent
	if len(skip) != said || !w.shortened(root, out) {
		w.prune(root)
		trim(root)
		left = passages(children(root), known)
	}
	if _, more, hushed := b.surplus(left, link); len(more) > 0 || hushed {
		return out, nil, false, nil
	}
	return out, children(root), true, nil
}

// viewOf is the view of HTML that is clean.
func viewOf(src string) view { return view{Text(src), firstImage(src)} }
