package web

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds"
)

// A Store is what pages ask of the store, beside what the press does.
type Store interface {
	States(ctx context.Context) ([]aggregator.State, error)
	Issues(ctx context.Context) ([]aggregator.Issue, error)
	Past(ctx context.Context, plan string) (left int, err error)
	Pings(ctx context.Context) ([]aggregator.Ping, error)
	Notices(ctx context.Context, limit int) ([]aggregator.Notice, error)
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

	last atomic.Pointer[directory] // see directory
}

var (
	errNotFound = errors.New("not found")
	errGone     = errors.New("gone") // an edition that was published once
)

//go:embed assets
var assets embed.FS

// Paths lists the addresses of all documents under the plan that everybody may
// know, in a fixed order.
func (s *Site) Paths(ctx context.Context) ([]string, error) {
	all, err := s.addresses(ctx)
	var paths []string
	for _, p := range all {
		if !p.private {
			paths = append(paths, p.path)
		}
	}
	return paths, err
}

// A directory says what stands at which address under a plan: all that only the
// plan decides about. It is never changed.
type directory struct {
	plan  *aggregator.Plan
	print map[string]func(context.Context) (*aggregator.Document, error)
	keep  []string // how long readers may keep a document, as Cache-Control has it
}

// directory is that of the plan in force. It is made once for each plan.
func (s *Site) directory() *directory {
	plan := s.Plan()
	d := s.last.Load()
	if d == nil || d.plan != plan {
		d = s.list(plan)
		s.last.Store(d)
	}
	return d
}

func (s *Site) list(plan *aggregator.Plan) *directory {
	age := max(int(plan.Config.Defaults.Fetch.Every.Seconds()), 60)
	d := &directory{
		plan: plan, keep: []string{"public, max-age=" + strconv.Itoa(min(age, 3600))},
		print: map[string]func(context.Context) (*aggregator.Document, error){},
	}
	whole := func(at string, print func(*aggregator.Plan, time.Time) (*aggregator.Document, error)) {
		d.print[at] = func(ctx context.Context) (*aggregator.Document, error) { return s.Press.Whole(ctx, at, print) }
	}
	whole("/", index)
	whole("/feeds.opml", opml)
	for _, at := range []string{"/feed.css", "/style.css"} {
		whole(at, func(*aggregator.Plan, time.Time) (*aggregator.Document, error) { return asset(at) })
	}
	for _, ed := range plan.Config.Editions {
		if ed.Private {
			continue
		}
		for _, format := range ed.Formats {
			if format == "html" {
				d.print["/"+ed.ID+"/"] = func(ctx context.Context) (*aggregator.Document, error) { return s.edition(ctx, ed.ID) }
				continue
			}
			d.print["/"+ed.ID+"."+format] = func(ctx context.Context) (*aggregator.Document, error) {
				return s.Press.Print(ctx, ed.ID, feeds.Format(format))
			}
		}
	}
	return d
}

// Document returns what is published at a path: one of Paths.
func (s *Site) Document(ctx context.Context, at string) (*aggregator.Document, error) {
	if print := s.directory().print[at]; print != nil {
		doc, err := print(ctx)
		if !errors.Is(err, aggregator.ErrNoEdition) { // else another plan, in this moment
			return doc, err
		}
	}
	return s.seek(ctx, at)
}

// seek returns a document that the plan alone does not tell of: an archive, one of
// a private edition, or what is told of the sources.
func (s *Site) seek(ctx context.Context, at string) (*aggregator.Document, error) {
	if slices.Contains(publicPaths, at) {
		return s.public(ctx, at)
	}
	if part, file, ok := strings.Cut(strings.TrimPrefix(at, "/"), "/"+archiveDir); ok {
		id, err := s.editionAt(ctx, part)
		if err != nil {
			return nil, err
		}
		doc, err := s.archive(ctx, id, file)
		return doc, s.missing(ctx, id, err)
	}
	if part, file, ok := strings.Cut(strings.TrimPrefix(at, "/"), "/"); ok && file != "" {
		id, err := s.editionAt(ctx, part)
		if err != nil {
			return nil, err
		}
		return s.digest(ctx, id, file)
	}
	part, page := strings.CutSuffix(strings.TrimPrefix(at, "/"), "/")
	format := ""
	if !page {
		part, format, _ = strings.Cut(part, ".")
	}
	id, err := s.editionAt(ctx, part)
	if err != nil {
		return nil, err
	}
	if page {
		doc, err := s.edition(ctx, id)
		return doc, s.missing(ctx, id, err)
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
	issues, err := s.Press.Issues(ctx)
	if err != nil {
		return err
	}
	for _, is := range issues {
		if is.Edition == s.Plan().Called(id) && !is.Private {
			return errGone
		}
	}
	return errNotFound
}

// opml lists our editions for a reader that imports.
func opml(plan *aggregator.Plan, changed time.Time) (*aggregator.Document, error) {
	var outlines []feeds.Outline
	for _, ed := range plan.Config.Editions {
		for _, format := range ed.Formats {
			if format == "html" || ed.Private {
				continue
			}
			outlines = append(outlines, feeds.Outline{
				Title: aggregator.EditionTitle(plan, ed),
				URL:   plan.Config.Site.BaseURL + "/" + ed.ID + "." + format,
				Page:  plan.Config.Site.BaseURL + "/" + ed.ID + "/",
			})
			break // one address an edition: a reader subscribes once
		}
		if all := digestLinks(plan, ed, aggregator.Issue{}); len(all) > 0 && !ed.Private {
			outlines = append(outlines, feeds.Outline{Title: aggregator.EditionTitle(plan, ed) + " · digest", URL: all[0].URL})
		}
	}
	body, err := feeds.WriteOPML(plan.Config.Site.Title, changed, outlines)
	if err != nil {
		return nil, err
	}
	return aggregator.NewDocument(body, "text/x-opml; charset=utf-8", changed), nil
}

// asset makes a document of an embedded file. Only the program changes it.
func asset(at string) (*aggregator.Document, error) {
	body, err := assets.ReadFile(path.Join("assets", at))
	if err != nil {
		return nil, err
	}
	return aggregator.NewDocument(body, "text/css; charset=utf-8", time.Time{}), nil
}
