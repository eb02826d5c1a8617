package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// includes reads the files that the main file names, each once. It answers
// false when one of them is no TOML: what it was to define is then missed
// everywhere.
func (r *reader) includes(root *value) bool {
	ok := true
	for i, pattern := range r.terms(root, "", "include") {
		at := r.cfg.places[fmt.Sprintf("include[%d]", i)]
		path := pattern.Text
		if !filepath.IsAbs(path) {
			path = filepath.Join(r.dir, path)
		}
		r.cfg.Include = append(r.cfg.Include, path)
		names, err := filepath.Glob(path)
		if err != nil || len(names) == 0 {
			r.fail(at, "paths start from the folder of this file", "include: no file matches %q", pattern.Text)
			continue
		}
		for _, name := range names {
			if _, read := r.rank[filepath.Clean(name)]; read {
				continue // by another pattern; or "*.toml" found the main file
			}
			r.rank[filepath.Clean(name)] = len(r.rank)
			r.cfg.Files = append(r.cfg.Files, name)
			ok = r.include(at, filepath.Clean(name)) && ok
		}
	}
	return ok
}

// include reads one file. It answers false when that is no TOML.
func (r *reader) include(at span, name string) bool {
	data, err := r.read(name)
	if err != nil {
		r.fail(at, "", "include: %s: %s", name, reason(err))
		return true
	}
	if strings.EqualFold(filepath.Ext(name), ".opml") {
		if err := r.opml(name, data); err != nil {
			r.fail(at, "", "include: %s: %v", name, err)
		}
		return true
	}
	root, syntax := parseTree(&file{name: name, data: data})
	if syntax != nil {
		r.errs = append(r.errs, *syntax)
		return false
	}
	r.keys(root, "", "sources", "topics", "editions")
	r.nouns(root)
	return true
}

// opml takes every outline with an address as a source.
func (r *reader) opml(name string, data []byte) error {
	f := &file{name: name}
	text, outlines, err := readOPML(data)
	if err != nil {
		return err
	}
	if len(outlines) == 0 {
		return errors.New("no outline in it has an xmlUrl")
	}
	f.data = text
	for _, o := range outlines {
		id := freeID(o.Title, o.URL, r.same, func(id string) bool {
			_, taken := r.cfg.places["table:sources."+id]
			return taken
		})
		tag := span{file: f, offset: o.at}
		r.cfg.places["table:sources."+id] = tag
		r.cfg.places["sources."+id+".url"] = tag
		r.cfg.places["sources."+id+".lang"] = tag
		r.cfg.Sources = append(r.cfg.Sources, &Source{
			ID: id, URL: o.URL, Lang: o.Lang, Title: o.Title, Tags: o.Tags, Weight: 1,
			Excerpt: r.cfg.Defaults.Excerpt, Images: "none", Content: "summary",
		})
	}
	return nil
}
