package web

import (
	"context"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
)

// archiveDir is where an edition's archives stand, below its page.
const archiveDir = "/archive/"

// archive returns an archive of an edition, or the page that lists them.
func (s *Site) archive(ctx context.Context, id, file string) (*aggregator.Document, error) {
	if file == "" {
		return s.shelf(ctx, id)
	}
	name, format, _ := strings.Cut(file, ".")
	number, err := strconv.ParseInt(name, 10, 64)
	if err != nil || strconv.FormatInt(number, 10) != name { // one address each
		return nil, aggregator.ErrNoArchive
	}
	return s.Press.Archive(ctx, id, number, feeds.Format(format))
}

// shelfPage is what archive.html shows.
type shelfPage struct {
	Site     config.Site
	Title    string
	Archives []shelfLine // the newest first
}

type shelfLine struct {
	aggregator.Archive
	Feeds []link
}

// shelf lists an edition's archives.
func (s *Site) shelf(ctx context.Context, id string) (*aggregator.Document, error) {
	plan := s.Plan()
	ed := plan.Edition(id)
	if ed == nil || !aggregator.Prints(ed, "html") {
		return nil, aggregator.ErrNoEdition
	}
	all, err := s.Press.Archives(ctx, id)
	if err != nil {
		return nil, err
	}
	p := shelfPage{Site: plan.Config.Site, Title: aggregator.EditionTitle(plan, ed)}
	var changed time.Time
	for _, a := range slices.Backward(all) {
		line := shelfLine{Archive: a, Feeds: links("", ed)}
		for i := range line.Feeds {
			line.Feeds[i].URL = strconv.FormatInt(a.Number, 10) + strings.TrimPrefix(line.Feeds[i].URL, "/"+ed.ID)
		}
		p.Archives = append(p.Archives, line)
		if a.ChangedAt.After(changed) {
			changed = a.ChangedAt
		}
	}
	return page("archive.html", p, changed)
}

// An archivePath is where one of an edition's archives stands in a format.
type archivePath struct {
	path    string
	changed time.Time // zero for the page that lists them
}

// archives lists the paths of an edition's archives, the oldest first.
func (s *Site) archives(ctx context.Context, ed *config.Edition) (paths []archivePath, err error) {
	all, err := s.Press.Archives(ctx, ed.ID)
	if err != nil {
		return nil, err
	}
	for _, format := range ed.Formats {
		if format == "html" {
			paths = append(paths, archivePath{path: "/" + ed.ID + archiveDir})
			continue
		}
		for _, a := range all {
			paths = append(paths, archivePath{"/" + ed.ID + archiveDir + strconv.FormatInt(a.Number, 10) + "." + format, a.ChangedAt})
		}
	}
	return paths, nil
}

// changes says when what stands at the paths of archives last changed.
func (s *Site) changes(ctx context.Context) (map[string]time.Time, error) {
	at := map[string]time.Time{}
	for _, ed := range s.Plan().Config.Editions {
		paths, err := s.archives(ctx, ed)
		if err != nil {
			return nil, err
		}
		for _, p := range paths {
			at[p.path] = p.changed
		}
	}
	return at, nil
}

// stands says whether a file has been written since its archive changed: a written
// archive bears the time of its change, so that of thousands only the new ones are
// printed, by a fresh process too.
func stands(root *os.Root, name string, changed time.Time) bool {
	if changed.IsZero() {
		return false
	}
	info, err := root.Stat(name)
	return err == nil && info.ModTime().Equal(changed)
}
