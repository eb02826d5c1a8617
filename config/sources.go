package config

import (
	"path/filepath"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

var sourceKeys = []string{"url", "url_file", "lang", "title", "home", "take", "weight", "label", "tags", "fetch",
	"excerpt", "images", "content", "allowed", "rights", "private", "headers", "was"}

// source reads one source. What it leaves out comes from [defaults].
func (r *reader) source(id, path string, t *value) {
	r.keys(t, path, sourceKeys...)
	s := &Source{
		ID: id, URL: r.address(t, path), Lang: r.text(t, path, "lang", ""), Title: r.text(t, path, "title", ""),
		Home: r.text(t, path, "home", ""), Take: r.text(t, path, "take", ""), Weight: r.decimal(t, path, "weight", 1),
		Label: r.text(t, path, "label", ""), Tags: r.texts(t, path, "tags"), Fetch: r.schedule(t, path, Schedule{}),
		Excerpt: r.number(t, path, "excerpt", r.cfg.Defaults.Excerpt, 0, 1000),
		Images:  r.oneOf(t, path, "images", "none", "none", "link"),
		Content: r.oneOf(t, path, "content", "summary", "summary", "full"),
		Allowed: r.text(t, path, "allowed", ""), Rights: r.text(t, path, "rights", ""), Private: r.yes(t, path, "private"),
		Was: r.texts(t, path, "was"),
	}
	s.Headers, s.fromFile = r.headers(t, path), t.find("url_file") != nil
	if s.Content == "full" && s.Allowed == "" {
		r.fail(t.find("content").span, `write allowed = "the permission", or leave content out`, "%s: full text needs the publisher's permission", path)
	}
	r.cfg.Sources = append(r.cfg.Sources, s)
}

var validHeader = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$") // token of RFC 9110 5.6.2

// headers reads what is sent along. A value is never shown: it may be a secret.
func (r *reader) headers(t *value, path string) (out map[string]string) {
	table, path := r.table(t, path, "headers"), path+".headers"
	for _, e := range table.keys {
		if r.fellIn(e, path) {
			continue
		}
		said := len(r.errs)
		switch {
		case !validHeader.MatchString(e.name):
			r.fail(e.at, `write a name, as in Authorization = "…"`, "%s: %q is no header", path, e.name)
		case e.val.kind != unstable.String:
			r.fail(e.val.span, "put it in quotes", "%s.%s must be a text", path, e.name)
		default:
			if out == nil {
				out = map[string]string{}
			}
			out[e.name] = r.text(table, path, e.name, "")
		}
		for i := said; i < len(r.errs); i++ {
			r.errs[i].Source = ""
		}
	}
	return out
}

// address reads url, or url_file when the address is a secret.
func (r *reader) address(t *value, path string) string {
	u, f := t.find("url"), t.find("url_file")
	switch {
	case u == nil && f == nil:
		r.fail(r.cfg.places["table:"+path], `write url = "https://…"`, "%s has no url", path)
		return ""
	case u != nil && f != nil:
		r.fail(f.span, "keep one of them", "%s has url and url_file", path)
		return ""
	case u != nil:
		address, ok := r.given(t, path, "url")
		if ok && address == "" {
			r.fail(u.span, `write the whole address, as in "https://example.org/feed/"`, "%s.url is empty", path)
		}
		return address
	}
	return r.secretAddress(t, path)
}

// secretAddress reads the file that url_file names.
func (r *reader) secretAddress(t *value, path string) string {
	name, ok := r.given(t, path, "url_file")
	if !ok {
		return ""
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(r.dir, name)
	}
	r.cfg.Files = append(r.cfg.Files, name) // there or not: it may come
	const help = "the file holds the address and nothing else; its path starts from the folder of the main file"
	data, err := readFile(name)
	if err != nil {
		r.fail(t.find("url_file").span, help, "%s.url_file: %s", path, reason(err))
		return ""
	}
	address := strings.TrimSpace(string(data))
	if address == "" {
		r.fail(t.find("url_file").span, help, "%s.url_file: the file is empty", path)
	}
	return address
}
