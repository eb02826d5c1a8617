package web

import (
	"bytes"
	"errors"
	"net/http"

	"github.com/wiredesk/wiredesk/aggregator"
)

// Handler serves the site. Absolute addresses come from the config, never from
// the Host header. What a method is not made for is answered 405 by the mux.
func (s *Site) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, path := range []string{"/{$}", "/{file}", "/{edition}/{$}", "/{edition}/{file}", "/{edition}/archive/{$}", "/{edition}/archive/{file}"} {
		mux.Handle("GET "+path, s.answer(s.document))
		mux.HandleFunc("OPTIONS "+path, preflight)
	}
	mux.Handle("GET /status", s.answer(s.status))
	mux.Handle("GET /healthz", s.answer(s.healthz))
	mux.Handle("GET /readyz", s.answer(s.readyz))
	mux.Handle("GET /metrics", s.answer(s.metrics))
	mux.Handle("GET /websub/{path}", s.answer(s.verify))
	mux.Handle("POST /websub/{path}", s.answer(s.deliver))
	documents := s.answer(s.document)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reads := r.Method == http.MethodGet || r.Method == http.MethodHead
		if reads && s.directory().print[r.URL.Path] != nil {
			documents.ServeHTTP(w, r) // what nearly all readers ask for, on a straight way
			return
		}
		guard(w.Header())
		mux.ServeHTTP(w, r)
	})
}

// answer is the one place that turns an error into a status. An error is never
// a 200 and never an empty feed: readers would drop what they hold.
func (s *Site) answer(serve func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := serve(w, r)
		if err == nil {
			return
		}
		guard(w.Header())
		switch {
		case errors.Is(err, errNotFound):
			http.Error(w, "not found; the editions are listed at /", http.StatusNotFound)
		case errors.Is(err, errGone):
			http.Error(w, "this edition is no longer published", http.StatusGone)
		case r.Context().Err() != nil: // the reader has left
		case errors.Is(err, aggregator.ErrBusy):
			s.Log.Warn("serve", "path", shown(r.URL.Path), "err", err)
			w.Header().Set("Retry-After", "10")
			http.Error(w, "busy; try again in ten seconds", http.StatusServiceUnavailable)
		default:
			s.Log.Error("serve", "path", shown(r.URL.Path), "err", err)
			w.Header().Set("Retry-After", "60")
			http.Error(w, "not ready; try again in a minute", http.StatusServiceUnavailable)
		}
	})
}

// guard sets what every answer with a body carries: nothing we serve runs code or
// frames.
func guard(h http.Header) {
	h["Content-Security-Policy"] = noCode
	h["X-Content-Type-Options"] = noSniff
	h["Referrer-Policy"] = noReferrer
}

// Values of fields. All answers share them: they are replaced, never changed.
var (
	noCode     = []string{"default-src 'none'; style-src 'self'; img-src http: https:; media-src http: https:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"}
	noSniff    = []string{"nosniff"}
	noReferrer = []string{"no-referrer"}
	byCoding   = []string{"Accept-Encoding"}
	anyone     = []string{"*"}
	exposed    = []string{"ETag"} // beside what scripts see anyway
)

// preflight tells a browser that a script may ask for a document, with conditions.
func preflight(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Allow", "GET, HEAD, OPTIONS")
	if aggregator.IsToken(idOf(r.URL.Path)) { // a private one is not for other sites' scripts
		w.WriteHeader(http.StatusNoContent)
		return
	}
	h["Vary"], h["Access-Control-Allow-Origin"] = byCoding, anyone
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Accept, Cache-Control, If-Match, If-Modified-Since, If-None-Match, If-Range, If-Unmodified-Since, Range")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}

// document serves one of the site's documents. A script of any site may read it,
// or what it gets instead, and a cache keeps the codings apart.
func (s *Site) document(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h["Vary"], h["Access-Control-Allow-Origin"] = byCoding, anyone
	doc, err := s.Document(r.Context(), r.URL.Path)
	if to := s.moved(r.URL.Path); to != "" && (errors.Is(err, errNotFound) || errors.Is(err, errGone)) {
		http.Redirect(w, r, to, http.StatusMovedPermanently)
		return nil
	}
	if err != nil {
		return err
	}
	plan, id := s.Plan(), idOf(r.URL.Path)
	h["Cache-Control"] = s.directory().keep
	if plan.Edition(id) == nil && aggregator.IsToken(id) {
		keepQuiet(h)
	}
	if styled(doc) {
		h["Vary"] = byOpening
	}
	linkHub(h, &plan.Config.Site, plan.Edition(id), r.URL.Path)
	return send(w, r, doc)
}

// send writes a document in the coding that the reader likes best, or as much of
// it as it asked for, or that it has it already. Nothing of the store is open any
// more, and no reader has a copy of its own: a slow one costs its connection.
func send(w http.ResponseWriter, r *http.Request, doc *aggregator.Document) error {
	part := r.Method == http.MethodGet && r.Header["Range"] != nil
	rep := doc.Plain() // parts are of the document as it is
	if !part {
		var err error
		if rep, err = choose(doc, tasteOf(r.Header["Accept-Encoding"])); err != nil {
			return err
		}
	}
	h := w.Header()
	status := judge(r.Header, rep.ETag, doc.Modified)
	if status == http.StatusNotModified { // no more than a cache might have to update
		h["Etag"] = []string{rep.ETag}
		w.WriteHeader(status)
		return nil
	}
	guard(h)
	h["Access-Control-Expose-Headers"] = exposed
	if status == http.StatusPreconditionFailed {
		http.Error(w, "not what the condition asks for", status)
		return nil
	}
	rep.Describe(h)
	if opened(r.Header) && styled(doc) {
		h["Content-Type"] = asPage
	}
	if part {
		delete(h, "Content-Length") // that of the part
		http.ServeContent(w, r, "", doc.Modified, bytes.NewReader(rep.Body))
		return nil
	}
	_, err := w.Write(rep.Body)
	return err
}
