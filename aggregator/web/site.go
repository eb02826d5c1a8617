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

// A directory says what stands at which address under a plan. It is never changed.
type directory struct {
	plan  *aggregator.Plan
	paths []string // in a fixed order
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
	put := func(at string, print func(context.Context) (*aggregator.Document, error)) {
		d.paths = append(d.paths, at)
		d.print[at] = print
	}
	whole := func(at string, print func(*aggregator.Plan, time.Time) (*aggregator.Document, error)) {
		put(at, func(ctx context.Context) (*aggregator.Document, error) { return s.Press.Whole(ctx, at, print) })
	}
	whole("/", index)
	whole("/feeds.opml", opml)
	for _, at := range []string{"/feed.css", "/style.css"} {
		whole(at, func(*aggregator.Plan, time.Time) (*aggregator.Document, error) { return asset(at) })
	}
	for _, ed := range plan.Config.Editions {
		for _, format := range ed.Formats {
			if format == "html" {
				put("/"+ed.ID+"/", func(ctx context.Context) (*aggregator.Document, error) { return s.edition(ctx, ed.ID) })
				continue
			}
			put("/"+ed.ID+"."+format, func(ctx context.Context) (*aggregator.Document, error) {
				return s.Press.Print(ctx, ed.ID, feeds.Format(format))
			})
		}
	}
	return d
}

// Paths lists the addresses of all documents under the plan, in a fixed order.
func (s *Site) Paths() []string { return slices.Clone(s.directory().paths) }

// Document returns what is published at a path: one of Paths.
func (s *Site) Document(ctx context.Context, at string) (*aggregator.Document, error) {
	if print := s.directory().print[at]; print != nil {
		doc, err := print(ctx)
		if !errors.Is(err, aggregator.ErrNoEdition) { // another plan, in this moment
			return doc, err
		}
	}
	return nil, s.missing(ctx, at)
}

// missing says of an address where nothing stands whether it was an edition's
// that was once published.
func (s *Site) missing(ctx context.Context, at string) error {
	id, _, _ := strings.Cut(strings.Trim(at, "/"), ".")
	if s.Plan().Edition(id) != nil {
		return errNotFound // a format it does not have
	}
	issues, err := s.Press.Issues(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(issues, func(is aggregator.Issue) bool { return is.Edition == id }) {
		return errGone
	}
	return errNotFound
}

// opml lists our editions for a reader that imports.
func opml(plan *aggregator.Plan, changed time.Time) (*aggregator.Document, error) {
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
