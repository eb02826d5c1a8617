package config

import (
	"fmt"
	"strings"
	"unicode"
)

func (r *reader) checkTopic(t *Topic) {
	path := "topics." + t.ID
	takers := false
	for _, s := range r.cfg.Sources {
		takers = takers || s.Take == t.ID
	}
	_, strong := r.cfg.places["table:"+path+".strong"]
	_, weak := r.cfg.places["table:"+path+".weak"]
	if !strong && !weak && !takers {
		r.fail(r.at(path), "write ["+path+".strong] and a list, as in en = ['Syria']", "%s has no terms: it would match nothing", path)
	}
	for i, pattern := range t.Sources {
		r.checkPattern(fmt.Sprintf("%s.sources[%d]", path, i), pattern)
	}
	for _, l := range append(append([]List(nil), t.Strong...), t.Weak...) {
		r.checkList(l)
	}
	r.checkLanguages(t, path)
}

// checkPattern checks an id, "tag:…", "!id" or "*".
func (r *reader) checkPattern(path, pattern string) {
	p := strings.TrimPrefix(pattern, "!")
	tag, isTag := strings.CutPrefix(p, "tag:")
	switch {
	case p == "*":
	case isTag:
		var tags []string
		for _, s := range r.cfg.Sources {
			tags = append(tags, s.Tags...)
		}
		r.refer(path, tag, "tag", tags)
	default:
		r.refer(path, p, "source", r.sourceIDs())
	}
}

// checkList finds doubtful terms: of another script, twice, covered by a stem.
func (r *reader) checkList(l List) {
	folded := map[string]string{}
	for _, t := range l.Terms {
		at := r.at(t.Path)
		f := strings.ToLower(t.Text)
		if l.Lang == "ar" && !rightToLeft(t.Text) && strings.ContainsFunc(t.Text, unicode.IsLetter) && !strings.ContainsAny(t.Text, "/:=") {
			r.warn(at, "move it to a list of its language, or to all", "%s: %q has no Arabic letters, so it can only match foreign words", t.Path, t.Text)
		}
		if _, twice := folded[f]; twice {
			r.warn(at, "take one of them out", "%s: %q is in the list twice", t.Path, t.Text)
		}
		folded[f] = t.Text
	}
	for _, t := range l.Terms {
		f := strings.ToLower(t.Text)
		for n := 1; n <= len(f); n++ {
			if stem, ok := folded[f[:n]+"*"]; ok && f != f[:n]+"*" {
				r.warn(r.at(t.Path), "take it out", "%s: %q is already covered by %q", t.Path, t.Text, stem)
				break
			}
		}
	}
}

// checkLanguages warns once a language when sources speak one that a topic has
// no list for.
func (r *reader) checkLanguages(t *Topic, path string) {
	has := map[string]bool{}
	for _, l := range append(append([]List(nil), t.Strong...), t.Weak...) {
		has[l.Lang] = true
	}
	if has["all"] || len(has) == 0 {
		return
	}
	for _, s := range r.cfg.Sources {
		lang := strings.ToLower(strings.SplitN(s.Lang, "-", 2)[0])
		if lang != "" && !has[lang] && s.Take != t.ID && len(t.Sources) == 1 && t.Sources[0] == "*" {
			has[lang] = true
			r.warn(r.at("sources."+s.ID+".lang"), fmt.Sprintf("add %s = ['…'] to [%s.strong]", lang, path),
				"sources.%s speaks %q, for which topic %q has no list", s.ID, lang, t.ID)
		}
	}
}

func (r *reader) checkEdition(e *Edition) {
	path := "editions." + e.ID
	if contains(reserved, e.ID) {
		r.fail(r.at(path), "choose another id", "%s: %q is an address of ours", path, e.ID)
	}
	for i, t := range e.Topics {
		r.refer(fmt.Sprintf("%s.topics[%d]", path, i), t, "topic", r.topicIDs())
	}
	for i, f := range e.Formats {
		if !contains(formats, f) {
			r.fail(r.at(fmt.Sprintf("%s.formats[%d]", path, i)), mean(f, formats), "%s.formats: %q is no format", path, f)
		}
	}
	for i, s := range e.ExcludeSources {
		r.refer(fmt.Sprintf("%s.exclude_sources[%d]", path, i), s, "source", r.sourceIDs())
	}
	if n := e.EntryTitle; n != "" && !strings.Contains(n, "{title}") {
		r.fail(r.at(path+".entry_title"), `write "{title} · {outlet}"`, "%s.entry_title has no {title}", path)
	}
}
