package config

import (
	"fmt"
	"slices"
	"strings"
)

// reserved are the edition ids whose addresses are ours.
var reserved = []string{"status", "sources", "feeds", "metrics", "healthz", "readyz", "why", "api"}

func (r *reader) checkTopics(k *known) {
	taken := map[string]bool{} // topics that a source gives all its items to
	for _, s := range r.cfg.Sources {
		taken[s.Take] = true
	}
	spoken := map[string][]*Source{} // by patterns: the first source of each language
	for _, t := range r.cfg.Topics {
		path := "topics." + t.ID
		if !taken[t.ID] && !r.hasTerms(path) {
			r.fail(r.at(path), "write ["+path+".strong] and a list, as in en = ['Syria'], or query = 'Syria' in ["+path+"]", "%s has no terms: it would match nothing", path)
		}
		for i, pattern := range t.Sources {
			r.pattern(fmt.Sprintf("%s.sources[%d]", path, i), pattern, k)
		}
		for _, l := range slices.Concat(t.Strong, t.Weak, []List{{Terms: t.Ignore}, {Terms: t.Reject}}) {
			r.checkList(l)
		}
		for _, test := range t.Tests {
			r.refer(test.Path+".source", test.Source, "source", k.sources)
			r.checkLang(test.Path+".lang", test.Lang)
		}
		key := strings.Join(t.Sources, "\x00")
		if _, ok := spoken[key]; !ok {
			spoken[key] = r.speakers(t.Sources)
		}
		r.checkLanguages(t, path, spoken[key])
	}
}

// hasTerms says whether a topic's lists or its query were given, however wrong.
func (r *reader) hasTerms(path string) bool {
	return r.tried[path+".strong"] || r.tried[path+".weak"] || r.tried[path+".query"]
}

// checkList finds doubtful terms: twice, covered by a stem. Other spellings and
// phrases are for aggregator to find.
func (r *reader) checkList(l List) {
	folded := map[string]string{}
	for _, t := range l.Terms {
		at := r.at(t.Path)
		f := strings.ToLower(t.Text)
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

// speakers are the sources a topic looks at: of each language the first, and
// the first that gives all its items to one topic.
func (r *reader) speakers(patterns []string) (first []*Source) {
	heard := map[[2]string]bool{}
	for _, s := range r.cfg.Sources {
		voice := [2]string{baseLang(s.Lang), s.Take}
		if isLang(s.Lang) && !heard[voice] && takes(patterns, s) {
			heard[voice] = true
			first = append(first, s)
		}
	}
	return first
}

// checkLanguages warns once a language when sources speak one that a topic has
// no list for. A list for all is a list for each.
func (r *reader) checkLanguages(t *Topic, path string, spoken []*Source) {
	has := map[string]bool{}
	for _, l := range slices.Concat(t.Strong, t.Weak) {
		has[l.Lang] = true
	}
	if has["all"] || len(has) == 0 {
		return
	}
	for _, s := range spoken {
		if lang := baseLang(s.Lang); !has[lang] && s.Take != t.ID {
			has[lang] = true
			r.warn(r.at("sources."+s.ID+".lang"), fmt.Sprintf("add %s = ['…'] to [%s.strong]", lang, path),
				"sources.%s speaks %q, for which topic %q has no list", s.ID, lang, t.ID)
		}
	}
}

func (r *reader) checkEdition(e *Edition, k *known) {
	path := "editions." + e.ID
	if slices.Contains(reserved, e.ID) {
		r.fail(r.at(path), "choose another id", "%s: %q is an address of ours", path, e.ID)
	}
	for i, t := range e.Topics {
		r.refer(fmt.Sprintf("%s.topics[%d]", path, i), t, "topic", k.topics)
	}
	for i, f := range e.Formats {
		if !slices.Contains(formats, f) {
			r.fail(r.at(fmt.Sprintf("%s.formats[%d]", path, i)), mean(f, formats), "%s.formats: %q is no format", path, f)
		}
	}
	for i, s := range e.ExcludeSources {
		r.refer(fmt.Sprintf("%s.exclude_sources[%d]", path, i), s, "source", k.sources)
	}
	for i, l := range e.Langs {
		r.checkLang(fmt.Sprintf("%s.langs[%d]", path, i), l)
	}
	r.checkTitles(e, path)
	r.checkHub(e, path)
}

// inTitle are the names a title of entries may hold in braces.
var inTitle = []string{"{title}", "{outlet}", "{lang}"}

// checkTitles checks the titles of an edition and of its entries.
func (r *reader) checkTitles(e *Edition, path string) {
	if strings.Contains(e.Title, "{title}") {
		r.fail(r.at(path+".title"), "title names the edition; its entries have entry_title", "%s.title has {title} in it", path)
	}
	rest := e.EntryTitle
	if rest != "" && !strings.Contains(rest, "{title}") {
		r.fail(r.at(path+".entry_title"), `write "{title} · {outlet}"`, "%s.entry_title has no {title}", path)
	}
	for {
		_, tail, open := strings.Cut(rest, "{")
		name, after, closed := strings.Cut(tail, "}")
		if !open || !closed {
			return
		}
		if !slices.Contains(inTitle, "{"+name+"}") {
			r.fail(r.at(path+".entry_title"), mean("{"+name+"}", inTitle), "%s.entry_title: nothing is called {%s}", path, name)
		}
		rest = after
	}
}
