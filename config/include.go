package config

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/text/encoding/charmap"
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

// Limits of an included OPML file (DESIGN 11).
const (
	maxOPML     = 2 << 20
	maxOutlines = 20_000
	maxDepth    = 20
)

// opml takes every outline with an address as a source. A DOCTYPE is passed
// over: no entity of its own is ever read.
func (r *reader) opml(name string, data []byte) error {
	if len(data) > maxOPML {
		return fmt.Errorf("over the limit of %d MB", maxOPML>>20)
	}
	data, err := latin(data)
	if err != nil {
		return err
	}
	f := &file{name: name, data: data}
	before := len(r.cfg.Sources)
	if err := r.outlines(f); err != nil {
		return err
	}
	if len(r.cfg.Sources) == before {
		return errors.New("no outline in it has an xmlUrl")
	}
	return nil
}

var encodingOf = regexp.MustCompile(`^\s*<\?xml[^>]*\sencoding=["']([A-Za-z0-9._-]+)["']`)

// latin turns the two encodings that old programs export into UTF-8.
func latin(data []byte) ([]byte, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	m := encodingOf.FindSubmatch(data[:min(len(data), 200)])
	if m == nil {
		return data, nil
	}
	switch name := strings.ToLower(string(m[1])); name {
	case "utf-8", "us-ascii":
		return data, nil
	case "iso-8859-1", "windows-1252":
		return charmap.Windows1252.NewDecoder().Bytes(data)
	default:
		return nil, fmt.Errorf("it is written in %s: save it as UTF-8", name)
	}
}

// outlines walks an OPML document.
func (r *reader) outlines(f *file) error {
	dec := xml.NewDecoder(bytes.NewReader(f.data))
	dec.Entity = xml.HTMLEntity
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // latin was here
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

// outline takes one outline as a source; offset is where its tag ends.
func (r *reader) outline(f *file, offset int, el xml.StartElement) {
	attr := map[string]string{}
	for _, a := range el.Attr {
		attr[strings.ToLower(a.Name.Local)] = a.Value
	}
	if strings.TrimSpace(attr["xmlurl"]) == "" {
		return // a folder
	}
	title := attr["title"]
	if title == "" {
		title = attr["text"]
	}
	id := r.slug(title, attr["xmlurl"])
	lang := attr["language"]
	if !isLang(lang) {
		lang = "" // exporters write "unknown" here
	}
	tag := span{file: f, offset: max(bytes.LastIndexByte(f.data[:offset], '<'), 0)}
	r.cfg.places["table:sources."+id] = tag
	r.cfg.places["sources."+id+".url"] = tag
	r.cfg.places["sources."+id+".lang"] = tag
	r.cfg.Sources = append(r.cfg.Sources, &Source{
		ID: id, URL: strings.TrimSpace(attr["xmlurl"]), Lang: lang, Title: title, Weight: 1,
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
	for free := id; ; {
		if _, taken := r.cfg.places["table:sources."+free]; !taken {
			return free
		}
		r.same[id]++
		free = fmt.Sprintf("%s-%d", id, r.same[id]+1)
	}
}

// slugOf is the small letters and digits of s, joined by hyphens.
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
