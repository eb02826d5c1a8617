package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/wiredesk/wiredesk/aggregator"
)

// Handler serves the site. Absolute addresses come from the config, never from
// the Host header.
func (s *Site) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", s.answer(s.document))
	mux.Handle("GET /{file}", s.answer(s.document))
	mux.Handle("GET /{edition}/{$}", s.answer(s.document))
	mux.Handle("GET /{edition}/{file}", s.answer(s.document))
	mux.Handle("GET /{edition}/archive/{$}", s.answer(s.document))
	mux.Handle("GET /{edition}/archive/{file}", s.answer(s.document))
	mux.Handle("GET /status", s.answer(s.status))
	mux.Handle("GET /healthz", s.answer(s.healthz))
	mux.Handle("GET /readyz", s.answer(s.readyz))
	mux.Handle("GET /metrics", s.answer(s.metrics))
	mux.Handle("GET /websub/{path}", s.answer(s.verify))
	mux.Handle("POST /websub/{path}", s.answer(s.deliver))
	return mux
}

// answer is the one place that turns an error into a status. An error is never
// a 200 and never an empty feed: readers would drop what they hold.
func (s *Site) answer(serve func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		guard(w.Header())
		err := serve(w, r)
		switch {
		case err == nil:
		case errors.Is(err, errNotFound):
			http.Error(w, "not found; the editions are listed at /", http.StatusNotFound)
		case errors.Is(err, errGone):
			http.Error(w, "this edition is no longer published", http.StatusGone)
		case r.Context().Err() != nil: // the reader has left
		default:
			s.Log.Error("serve", "path", r.URL.Path, "err", err)
			w.Header().Set("Retry-After", "60")
			http.Error(w, "not ready; try again in a minute", http.StatusServiceUnavailable)
		}
	})
}

// guard sets what every answer carries: nothing we serve runs code or frames.
func guard(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src http: https:; media-src http: https:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
}

// document serves one of the site's documents.
func (s *Site) document(w http.ResponseWriter, r *http.Request) error {
	doc, err := s.Document(r.Context(), r.URL.Path)
	if id := strings.Trim(r.URL.Path, "/"); errors.Is(err, errNotFound) && s.Plan().Edition(id) != nil {
		http.Redirect(w, r, s.Plan().Config.Site.BaseURL+"/"+id+"/", http.StatusMovedPermanently)
		return nil // somebody left the slash out
	}
	if err != nil {
		return err
	}
	age := max(int(s.Plan().Config.Defaults.Fetch.Every.Seconds()), 60)
	w.Header().Set("Cache-Control", fmt.Sprintf("public, max-age=%d", min(age, 3600)))
	w.Header().Set("Access-Control-Allow-Origin", "*")
	send(w, r, doc)
	return nil
}

// send writes a document in the best coding the reader takes, or a 304. Each
// coding is a representation with its own strong ETag (RFC 9110, 8.8.3).
// http.ServeContent compares validators and serves HEAD and ranges.
func send(w http.ResponseWriter, r *http.Request, doc *aggregator.Document) {
	h := w.Header()
	h.Set("Content-Type", doc.Type)
	h.Set("Vary", "Accept-Encoding")
	body, etag := doc.Body, doc.ETag
	if len(doc.Gzip) < len(doc.Body) && takesGzip(r.Header.Get("Accept-Encoding")) {
		body, etag = doc.Gzip, strings.TrimSuffix(doc.ETag, `"`)+`-gzip"`
		h.Set("Content-Encoding", "gzip")
		if r.Header.Get("Range") == "" {
			h.Set("Content-Length", strconv.Itoa(len(body)))
		}
	}
	h.Set("ETag", etag)
	http.ServeContent(w, r, "", doc.Modified, bytes.NewReader(body))
}

// takesGzip reads an Accept-Encoding header (RFC 9110, 12.5.3).
func takesGzip(accept string) bool {
	for _, part := range strings.Split(strings.ToLower(accept), ",") {
		coding, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if c := strings.TrimSpace(coding); c != "gzip" && c != "*" {
			continue
		}
		q, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !ok {
			return true
		}
		v, err := strconv.ParseFloat(q, 64)
		return err == nil && v > 0
	}
	return false
}
