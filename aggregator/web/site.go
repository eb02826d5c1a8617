package web

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds"
)

// A Store is what pages ask of the store, beside what the press does.
type Store interface {
	States(ctx context.Context) ([]aggregator.State, error)
	Issues(ctx context.Context) ([]aggregator.Issue, error)
	Past(ctx context.Context, plan string) (left int, err error)
}

// A Site is everything we publish. It may be used from several goroutines.
type Site struct {
	Press *aggregator.Press
	Store Store
	Plan  func() *aggregator.Plan
	Log   *slog.Logger
	Hubs  *aggregator.Subscriber // who takes what hubs send; nil for nobody

	Ready   func() error   // why the desk is not ready, nil once it is; may be nil
	Reading func() Reading // how the config was last read; may be nil
	Metrics http.Handler   // nil for none
}

var (
	errNotFound = errors.New("not found")
	errGone     = errors.New("gone") // an edition that was published once
)

//go:embed assets
var assets embed.FS

// Paths lists the addresses of all documents under the plan, in a fixed order.
func (s *Site) Paths(ctx context.Context) ([]string, error) {
	paths := []string{"/", "/feeds.opml", "/feed.css", "/style.css"}
	for _, ed := range s.Plan().Config.Editions {
		for _, format := range ed.Formats {
			if format == "html" {
				paths = append(paths, "/"+ed.ID+"/")
				continue
			}
			paths = append(paths, "/"+ed.ID+"."+format)
		}
		paths = append(paths, digestPaths(s.Plan(), ed)...)
		archives, err := s.archives(ctx, ed)
		if err != nil {
			return nil, err
		}
		for _, a := range archives {
			paths = append(paths, a.path)
		}
	}
	return paths, nil
}

// Document returns what is published at a path: one of Paths.
func (s *Site) Document(ctx context.Context, at string) (*aggregator.Document, error) {
	switch at {
	case "/":
		return s.index(ctx)
	case "/feeds.opml":
		return s.opml(ctx)
	case "/feed.css", "/style.css":
		return asset(at)
	}
	if id, file, ok := strings.Cut(strings.TrimPrefix(at, "/"), archiveDir); ok {
		doc, err := s.archive(ctx, id, file)
		return doc, s.missing(ctx, id, err)
	}
	if id, ok := strings.CutSuffix(strings.TrimPrefix(at, "/"), "/"); ok {
		doc, err := s.edition(ctx, id)
		return doc, s.missing(ctx, id, err)
	}
	id, format, _ := strings.Cut(strings.TrimPrefix(at, "/"), ".")
	if strings.Contains(id, "/") {
		return s.digest(ctx, id, format)
	}
	doc, err := s.Press.Print(ctx, id, feeds.Format(format))
	return doc, s.missing(ctx, id, err)
}

// missing turns an edition the plan does not have into gone, when it was once
// published, or not found.
func (s *Site) missing(ctx context.Context, id string, err error) error {
	if errors.Is(err, aggregator.ErrNoArchive) {
		return errNotFound
	}
	if !errors.Is(err, aggregator.ErrNoEdition) {
		return err
	}
	if s.Plan().Edition(id) != nil {
		return errNotFound // a format it does not have
	}
	issues, err := s.Store.Issues(ctx)
	if err != nil {
		return err
	}
	for _, is := range issues {
		if is.Edition == id {
			return errGone
		}
	}
	return errNotFound
}

// changed is when anything we publish last changed.
func (s *Site) changed(ctx context.Context) (time.Time, error) {
	issues, err := s.Store.Issues(ctx)
	var last time.Time
	for _, is := range issues {
		if is.ChangedAt.After(last) {
			last = is.ChangedAt
		}
	}
	return last, err
}

// opml lists our editions for a reader that imports.
func (s *Site) opml(ctx context.Context) (*aggregator.Document, error) {
	last, err := s.changed(ctx)
	if err != nil {
		return nil, err
	}
	plan := s.Plan()
	var outlines []feeds.Outline
	for _, ed := range plan.Config.Editions {
		for _, format := range ed.Formats {
			if format == "html" {
				continue
			}
			outlines = append(outlines, feeds.Outline{
				Title: aggregator.EditionTitle(plan, ed),
				URL:   plan.Config.Site.BaseURL + "/" + ed.ID + "." + format,
				Page:  plan.Config.Site.BaseURL + "/" + ed.ID + "/",
			})
			break // one address an edition: a reader subscribes once
		}
		if all := digestLinks(plan, ed); len(all) > 0 {
			outlines = append(outlines, feeds.Outline{Title: aggregator.EditionTitle(plan, ed) + " · digest", URL: all[0].URL})
		}
	}
	body, err := feeds.WriteOPML(plan.Config.Site.Title, last, outlines)
	if err != nil {
		return nil, err
	}
	return aggregator.NewDocument(body, "text/x-opml; charset=utf-8", last)
}

func asset(at string) (*aggregator.Document, error) {
	body, err := assets.ReadFile(path.Join("assets", at))
	if err != nil {
		return nil, err
	}
	return aggregator.NewDocument(body, "text/css; charset=utf-8", time.Time{})
}
