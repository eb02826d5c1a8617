package config

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// includes reads the files that the main file names. It answers false when one
// of them is no TOML: what it was to define is then missed everywhere.
func (r *reader) includes(root *value) bool {
	ok := true
	for i, pattern := range r.terms(root, "", "include") {
		at := r.cfg.places[fmt.Sprintf("include[%d]", i)]
		path := pattern.Text
		if !filepath.IsAbs(path) {
			path = filepath.Join(r.dir, path)
		}
		names, err := filepath.Glob(path)
		if err != nil || len(names) == 0 {
			r.fail(at, "paths start from the folder of this file", "include: no file matches %q", pattern.Text)
			continue
		}
		for _, name := range names {
			ok = r.include(at, name) && ok
		}
	}
	return ok
}

func (r *reader) include(at span, name string) bool {
	data, err := os.ReadFile(name)
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
	root, syntax := parseTree(&file{name, data})
	if syntax != nil {
		r.errs = append(r.errs, *syntax)
		return false
	}
	r.keys(root, "", "sources", "topics", "editions")
	r.nouns(root)
	return true
}

// Limits of an included OPML file (DESIGN 11).
const (
	maxOPML     = 2 << 20
	maxOutlines = 20_000
	maxDepth    = 20
)

// opml takes every outline with an address as a source.
func (r *reader) opml(name string, data []byte) error {
	if len(data) > maxOPML {
		return fmt.Errorf("over the limit of %d MB", maxOPML>>20)
	}
	f := &file{name, data}
	dec := xml.NewDecoder(bytes.NewReader(data))
	depth, outlines := 0, 0
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("not OPML: %w", err)
		}
		switch el := tok.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return fmt.Errorf("outlines nested over the limit of %d", maxDepth)
			}
			if el.Name.Local != "outline" {
				continue
			}
			if outlines++; outlines > maxOutlines {
				return fmt.Errorf("over the limit of %d outlines", maxOutlines)
			}
			r.outline(f, int(dec.InputOffset()), el)
		case xml.EndElement:
			depth--
		}
	}
}

func (r *reader) outline(f *file, offset int, el xml.StartElement) {
	attr := map[string]string{}
	for _, a := range el.Attr {
		attr[strings.ToLower(a.Name.Local)] = a.Value
	}
	if attr["xmlurl"] == "" {
		return // a folder
	}
	title := attr["title"]
	if title == "" {
		title = attr["text"]
	}
	id := r.slug(title, attr["xmlurl"])
	start := bytes.LastIndexByte(f.data[:offset], '<')
	r.cfg.places["table:sources."+id] = span{f, max(start, 0), 0}
	r.cfg.places["sources."+id+".url"] = span{f, max(start, 0), 0}
	r.cfg.Sources = append(r.cfg.Sources, &Source{
		ID: id, URL: attr["xmlurl"], Lang: attr["language"], Title: title, Weight: 1,
		Excerpt: r.cfg.Defaults.Excerpt, Images: "none", Content: "summary",
	})
}

// slug makes an id of a title, else of the host, that nobody has yet.
func (r *reader) slug(title, address string) string {
	id := slugOf(title)
	if id == "" {
		if u, err := url.Parse(address); err == nil {
			id = slugOf(strings.TrimPrefix(u.Host, "www."))
		}
	}
	if id == "" {
		id = "source"
	}
	free := id
	for n := 2; ; n++ {
		if _, taken := r.cfg.places["table:sources."+free]; !taken {
			return free
		}
		free = fmt.Sprintf("%s-%d", id, n)
	}
}

func slugOf(s string) string {
	slug := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			return c
		case c >= 'A' && c <= 'Z':
			return c + 'a' - 'A'
		default:
			return '-'
		}
	}, s)
	slug = strings.Join(strings.FieldsFunc(slug, func(c rune) bool { return c == '-' }), "-")
	return strings.Trim(slug[:min(len(slug), 50)], "-")
}
