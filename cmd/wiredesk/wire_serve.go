package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"net"
	"net/http"
	"strings"
	"text/template"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/text/encoding/charmap"
)

// slowness is how long the slow outlet thinks before its first byte.
const slowness = 2 * time.Second

// serve runs one listener an outlet on loopback, so that each is a host of its
// own, tells ready their addresses by outlet id, and ends with ctx.
func (w *wire) serve(ctx context.Context, ready func(base map[string]string) error) error {
	group, ctx := errgroup.WithContext(ctx)
	base := map[string]string{}
	for _, o := range w.all {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return errors.Join(err, group.Wait())
		}
		base[o.ID] = "http://" + l.Addr().String() + "/feed"
		group.Go(func() error { return serve(ctx, l, w.handler(o)) })
	}
	if err := ready(base); err != nil {
		return err
	}
	return group.Wait()
}

func (w *wire) handler(o *outlet) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /feed", func(rw http.ResponseWriter, r *http.Request) {
		switch o.Fault {
		case "fails":
			http.Error(rw, "The newsroom's server is being repaired.", http.StatusInternalServerError)
			return
		case "slow":
			select {
			case <-time.After(slowness):
			case <-r.Context().Done():
				return
			}
		}
		body, kind, err := o.document(w.stage())
		if err != nil {
			http.Error(rw, err.Error(), http.StatusInternalServerError)
			return
		}
		sum := sha256.Sum256(body)
		rw.Header().Set("Content-Type", kind)
		rw.Header().Set("ETag", fmt.Sprintf(`"%x"`, sum[:8]))
		http.ServeContent(rw, r, "", w.began.Add(time.Duration(w.stage())*stageEvery), bytes.NewReader(body))
	})
	return mux
}

// document writes an outlet's feed at a stage, with its media type.
func (o *outlet) document(stage int) ([]byte, string, error) {
	if o.Format == "json" {
		body, err := o.json(stage)
		return body, "application/feed+json", err
	}
	var b bytes.Buffer
	if err := wireTemplates.ExecuteTemplate(&b, o.Format+".tmpl", o.view(stage)); err != nil {
		return nil, "", err
	}
	body := b.Bytes()
	switch o.Fault {
	case "windows-1256":
		encoded, err := charmap.Windows1256.NewEncoder().Bytes(body)
		return encoded, "text/xml", err // the declaration alone names the charset
	case "truncated":
		end := bytes.LastIndex(body, []byte("</description>"))
		return body[:end-20], "application/rss+xml", nil
	}
	return body, "application/" + strings.Replace(o.Format, "rdf", "rss", 1) + "+xml; charset=utf-8", nil
}

var wireTemplates = template.Must(template.New("").Funcs(template.FuncMap{
	"xml": func(s string) (string, error) {
		var b bytes.Buffer
		err := xml.EscapeText(&b, []byte(s))
		return b.String(), err
	},
}).ParseFS(wireFiles, "wire/*.tmpl"))

// A wireView is an outlet as its template sees it.
type wireView struct {
	*outlet
	Site    string
	Charset string
	Updated time.Time
	Shown   []wireShown
}

type wireShown struct {
	wireItem
	Date    time.Time
	Link    string
	Content string // HTML
	Picture string
}

// site is the outlet's address, in a domain that is nobody's (RFC 2606).
func (o *outlet) site() string { return "https://" + o.ID + ".example" }

func (o *outlet) view(stage int) wireView {
	v := wireView{outlet: o, Site: o.site(), Charset: "utf-8"}
	if o.Fault == "windows-1256" {
		v.Charset = "windows-1256"
	}
	for _, it := range o.shown(stage) {
		date, _ := it.date() // ready has read it
		s := wireShown{wireItem: it, Date: date, Link: o.site() + "/" + it.Slug, Content: wireHTML(it.Body)}
		if it.Image {
			s.Picture = o.site() + "/pictures/" + strings.ReplaceAll(it.Slug, "/", "-") + ".jpg"
			s.Content = `<p><img src="` + s.Picture + `" alt=""></p>` + s.Content
		}
		if date.Year() == 2024 && date.After(v.Updated) {
			v.Updated = date
		}
		v.Shown = append(v.Shown, s)
	}
	return v
}

// wireHTML makes paragraphs of a body.
func wireHTML(body string) string {
	if body == "" {
		return ""
	}
	var b strings.Builder
	for _, p := range strings.Split(strings.TrimSpace(body), "\n\n") {
		if strings.HasPrefix(p, "<") {
			b.WriteString(p)
			continue
		}
		b.WriteString("<p>" + html.EscapeString(strings.ReplaceAll(p, "\n", " ")) + "</p>\n")
	}
	return b.String()
}

// json writes JSON Feed 1.1.
func (o *outlet) json(stage int) ([]byte, error) {
	v := o.view(stage)
	var items []map[string]any
	for _, s := range v.Shown {
		it := map[string]any{"url": s.Link, "title": s.Title, "summary": s.Summary}
		if s.GUID != "none" {
			it["id"] = s.GUID
		}
		if !s.Date.IsZero() {
			it["date_published"] = s.Date.Format(time.RFC3339)
		}
		if s.Content != "" {
			it["content_html"] = s.Content
		} else {
			it["content_text"] = s.Summary
		}
		if s.Author != "" {
			it["authors"] = []map[string]string{{"name": s.Author}}
		}
		if len(s.Tags) > 0 {
			it["tags"] = s.Tags
		}
		items = append(items, it)
	}
	return json.MarshalIndent(map[string]any{
		"version": "https://jsonfeed.org/version/1.1", "title": o.Name, "language": o.Lang,
		"home_page_url": v.Site, "feed_url": v.Site + "/feed", "items": items,
	}, "", " ")
}
