package feeds

import (
	"bytes"
	"slices"
	"strings"
)

// writeStart writes the tag with its namespaces and plain attributes.
func (n *normaliser) writeStart(t tag, first bool) {
	el := &n.stack[len(n.stack)-1]
	el.written = n.named(n.rename(t.name))
	n.out.WriteString("<" + el.written)
	for _, a := range t.attrs {
		isNS := a.name == "xmlns" || strings.HasPrefix(a.name, "xmlns:")
		if n.dropsAttr(t, a, isNS) {
			continue
		}
		value := a.value
		if isNS {
			value = namespace(value)
			n.used[value] = true
		}
		if first && a.name == "xmlns" {
			value = n.defaultSpace(value)
		}
		n.out.WriteString(" " + a.name + `="` + xmlText.Replace(cut(value, maxField)) + `"`)
	}
	if first {
		for _, k := range known {
			if n.declared[k[0]] == 0 {
				n.declared[k[0]]++
				n.forgotten = append(n.forgotten, k)
			}
		}
		if n.rootEnd == 0 {
			n.rootEnd = n.out.Len()
		}
	}
	n.out.WriteByte('>')
}

// lend declares on the root the known prefixes that the document forgot: those
// used, and those whose namespace has another prefix there, which gofeed then
// reports under ours. It copies all of them for every element: the others would
// cost more than the elements.
func (n *normaliser) lend() {
	lent := ""
	for _, k := range n.forgotten {
		if n.used[k[0]] || n.used[k[1]] {
			lent += " xmlns:" + k[0] + `="` + k[1] + `"`
		}
	}
	n.out = *bytes.NewBuffer(slices.Insert(n.out.Bytes(), n.rootEnd, []byte(lent)...))
}

// defaultSpace is the namespace of a root's elements without a prefix. What some
// made up for Atom or RSS means Atom or RSS.
func (n *normaliser) defaultSpace(uri string) string {
	switch {
	case n.root == "rdf":
		return "http://purl.org/rss/1.0/"
	case n.root == "rss":
		return ""
	case strings.HasPrefix(uri, "http://purl.org/atom/ns#"):
		return "http://purl.org/atom/ns#" // 0.3
	}
	return "http://www.w3.org/2005/Atom"
}

// namespace is a namespace as gofeed knows it: some write known ones in another
// letter case.
func namespace(uri string) string {
	for _, k := range known {
		if strings.EqualFold(uri, k[1]) {
			return k[1]
		}
	}
	return uri
}

// dropsAttr says which attributes gofeed is not to see: those under a prefix,
// whose meaning we carry ourselves, and the type of a text construct, which has
// become HTML.
func (n *normaliser) dropsAttr(t tag, a attr, isNS bool) bool {
	if isNS {
		return a.value == "" && a.name != "xmlns" || !plainName(strings.TrimPrefix(a.name, "xmlns:")) || a.value == ownNamespace
	}
	if strings.Contains(a.name, ":") || !plainName(a.name) {
		return true
	}
	return (a.name == "type" || a.name == "mode") && n.atomText(t.name)
}

func plainName(s string) bool {
	for i := range len(s) {
		if c := s[i]; !(nameStart(c) && c < 0x80 || i > 0 && (c >= '0' && c <= '9' || c == '-' || c == '.')) {
			return false
		}
	}
	return s != ""
}

// rename moves what gofeed would lose or change to where it is read: RSS items
// with a description and a summary (the first is the summary, the other the
// text); tags, a list that some generators invented; the author of a channel;
// atom:id, which is compared byte for byte and gofeed takes for an address.
func (n *normaliser) rename(name string) string {
	if strings.HasPrefix(name, "wd:") {
		return "x" // ours alone
	}
	if name == "author" && n.root == "rss" && len(n.stack) == 4 && !n.inItem() {
		return "wd:author"
	}
	if n.root == "feed" && name == "id" && len(n.stack) == 3 {
		return "wd:id"
	}
	if !n.inItem() || len(n.stack)-2 != n.itemDepth {
		return name
	}
	switch {
	case n.root == "feed" && name == "id":
		return "wd:id"
	case name == "tags":
		return "wd:tags"
	case n.root == "feed":
	case name == "fullitem", strings.ToLower(local(name)) == "body":
		return "wd:more"
	case name == "description" || name == "summary":
		if n.told {
			return "wd:more"
		}
		n.told = true
		return "description"
	}
	return name
}

// named is an element's name as written, without a prefix nobody declared.
func (n *normaliser) named(name string) string {
	if p := n.rootPrefix; p != "" && n.declared[p] == 0 {
		name = strings.TrimPrefix(name, p+":") // a prefix nobody declared, on the root already
	}
	if strings.HasPrefix(name, "wd:") {
		n.used["wd"] = true
		return name // renamed
	}
	prefix, rest, ok := strings.Cut(name, ":")
	if !ok {
		return safeName(name)
	}
	if prefix != "wd" && (n.declared[prefix] > 0 || isKnown(prefix) && len(n.stack) > 1) {
		n.used[prefix] = true
		return prefix + ":" + safeName(rest)
	}
	return safeName(prefix) + "_" + safeName(rest)
}

func isKnown(prefix string) bool {
	for _, k := range known {
		if k[0] == prefix {
			return true
		}
	}
	return false
}

func safeName(s string) string {
	if plainName(s) {
		return s
	}
	return "x"
}

// writeOwn writes what an item's start tag says and gofeed does not read.
func (n *normaliser) writeOwn(t tag, el element) {
	if len(n.stack) == 2 || n.stack[len(n.stack)-1].name == "channel" && n.itemAt < 0 {
		n.own("lang", el.lang)
		return
	}
	if !n.inItem() || len(n.stack)-1 != n.itemDepth {
		return
	}
	n.own("lang", el.lang)
	n.own("base", el.base)
	if about, ok := t.attr("rdf:about"); ok {
		n.own("about", about)
	}
}

func (n *normaliser) own(name, value string) {
	if value != "" {
		n.used["wd"] = true
		n.out.WriteString("<wd:" + name + ">" + xmlText.Replace(cut(onlyLegal(value), 4096)) + "</wd:" + name + ">")
	}
}
