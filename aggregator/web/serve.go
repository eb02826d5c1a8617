package web

import (
	"bytes"
	"errors"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"github.com/wiredesk/wiredesk/aggregator"
)

// Handler serves the site. Absolute addresses come from the config, never from
// the Host header. What a method is not made for is answered 405 by the mux.
func (s *Site) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, path := range []string{"/{$}", "/{file}", "/{edition}/{$}"} {
		mux.Handle("GET "+path, s.answer(s.document))
		mux.HandleFunc("OPTIONS "+path, preflight)
	}
	mux.Handle("GET /status", s.answer(s.status))
	mux.Handle("GET /healthz", s.answer(s.healthz))
	mux.Handle("GET /readyz", s.answer(s.readyz))
	mux.Handle("GET /metrics", s.answer(s.metrics))
	mux.Handle("GET /websub/{path}", s.answer(s.verify))
	mux.Handle("POST /websub/{path}", s.answer(s.deliver))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), guards)
		mux.ServeHTTP(w, r)
	})
}

// answer is the one place that turns an error into a status. An error is never
// a 200 and never an empty feed: readers would drop what they hold.
func (s *Site) answer(serve func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := serve(w, r)
		switch {
		case err == nil:
		case errors.Is(err, errNotFound):
			http.Error(w, "not found; the editions are listed at /", http.StatusNotFound)
		case errors.Is(err, errGone):
			http.Error(w, "this edition is no longer published", http.StatusGone)
		case r.Context().Err() != nil: // the reader has left
		case errors.Is(err, aggregator.ErrBusy):
			s.Log.Warn("serve", "path", r.URL.Path, "err", err)
			w.Header().Set("Retry-After", "10")
			http.Error(w, "busy; try again in ten seconds", http.StatusServiceUnavailable)
		default:
			s.Log.Error("serve", "path", r.URL.Path, "err", err)
			w.Header().Set("Retry-After", "60")
			http.Error(w, "not ready; try again in a minute", http.StatusServiceUnavailable)
		}
	})
}

// guards is what every answer carries: nothing we serve runs code or frames.
var guards = http.Header{
	"Content-Security-Policy": {"default-src 'none'; style-src 'self'; img-src http: https:; media-src http: https:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"},
	"X-Content-Type-Options":  {"nosniff"},
	"Referrer-Policy":         {"no-referrer"},
}

// public is what every answer under a document's address carries: a script of any
// site may read it, and a cache keeps the codings apart.
var public = http.Header{
	"Access-Control-Allow-Origin":   {"*"},
	"Access-Control-Expose-Headers": {"ETag, Retry-After"}, // beside what scripts see anyway
	"Vary":                          {"Accept-Encoding"},
}

// preflight tells a browser that a script may ask for a document, with conditions.
func preflight(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	maps.Copy(h, public)
	h.Set("Allow", "GET, HEAD, OPTIONS")
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Accept, Cache-Control, If-Match, If-Modified-Since, If-None-Match, If-Range, If-Unmodified-Since, Range")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}

// document serves one of the site's documents.
func (s *Site) document(w http.ResponseWriter, r *http.Request) error {
	maps.Copy(w.Header(), public)
	doc, err := s.Document(r.Context(), r.URL.Path)
	if id := strings.Trim(r.URL.Path, "/"); errors.Is(err, errNotFound) && s.Plan().Edition(id) != nil {
		http.Redirect(w, r, s.Plan().Config.Site.BaseURL+"/"+id+"/", http.StatusMovedPermanently)
		return nil // somebody left the slash out
	}
	if err != nil {
		return err
	}
	age := max(int(s.Plan().Config.Defaults.Fetch.Every.Seconds()), 60)
	w.Header().Set("Cache-Control", "public, max-age="+strconv.Itoa(min(age, 3600)))
	return send(w, r, doc)
}

// send writes a document in the coding that the reader likes best, or as much of
// it as it asked for, or that it has it already. Nothing of the store is open any
// more, and no reader has a copy of its own: a slow one costs its connection.
func send(w http.ResponseWriter, r *http.Request, doc *aggregator.Document) error {
	part := r.Method == http.MethodGet && r.Header.Get("Range") != ""
	rep := doc.Plain() // parts are of the document as it is
	if !part {
		var err error
		if rep, err = choose(doc, tasteOf(r.Header["Accept-Encoding"])); err != nil {
			return err
		}
	}
	h := w.Header()
	switch status := judge(r.Header, rep.ETag, doc.Modified); status {
	case http.StatusNotModified:
		// What a cache might have to update, and what lets a script read it.
		for name := range guards {
			delete(h, name)
		}
		h["Etag"] = rep.Header["Etag"]
		w.WriteHeader(status)
		return nil
	case http.StatusPreconditionFailed:
		http.Error(w, "not what the condition asks for", status)
		return nil
	}
	maps.Copy(h, rep.Header)
	if part {
		delete(h, "Content-Length") // that of the part
		http.ServeContent(w, r, "", doc.Modified, bytes.NewReader(rep.Body))
		return nil
	}
	_, err := w.Write(rep.Body)
	return err
}
