package aggregator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
)

// ArchiveSize is how many numbers of an edition's series an archive covers. The
// schema knows it too: it never changes.
const ArchiveSize = 50

// ErrNoArchive is answered for a number that no archive has, or not yet.
var ErrNoArchive = errors.New("no archive")

// An Archive is fifty numbers of an edition's series once all of them are given
// (RFC 5005, 4). Archive n holds what was published under 50(n-1)+1 to 50n; later
// entries never change it. A correction, an outlet that joins or a withdrawal does.
type Archive struct {
	Number    int64
	Entries   int       // that are published; some may be withdrawn or pruned
	First     time.Time // date of the earliest
	Last      time.Time // and of the latest
	ChangedAt time.Time // in whole seconds; never goes back
	Prev      int64     // number of the archive before; 0 for none
	Next      int64     // number of the one after; 0 for none
}

// Archives lists the archives of an edition, the oldest first.
func (p *Press) Archives(ctx context.Context, edition string) ([]Archive, error) {
	return p.Store.Archives(ctx, edition)
}

// Archive renders one format of an edition's archive, or takes it from the cache
// when the edition has not changed.
func (p *Press) Archive(ctx context.Context, id string, number int64, format feeds.Format) (*Document, error) {
	plan := p.Plan()
	ed := plan.Edition(id)
	if ed == nil || mediaTypes[format] == "" || !Prints(ed, string(format)) {
		return nil, fmt.Errorf("%s/%d.%s: %w", id, number, format, ErrNoEdition)
	}
	return p.take(ctx, plan.sheet(ed, fmt.Sprintf("archive/%d.%s", number, format)), plan, func(st *standing) (printed, error) {
		a, entries, err := p.Store.Archive(ctx, id, number)
		if err != nil {
			return printed{}, err
		}
		issue := st.issue(id)
		doc, err := composeArchive(plan, ed, issue, a, entries, format)
		return printed{issue.Version, plan, plan.look(ed), doc}, err
	})
}

// composeArchive prints an archive. None of its entries may be missing: where they
// are over 1 MB, the longest texts are left at their publishers.
func composeArchive(plan *Plan, ed *config.Edition, issue Issue, a Archive, entries []Entry, format feeds.Format) (*Document, error) {
	pairUp(entries)
	for {
		body, err := feeds.Write(archived(plan, ed, issue, a, entries, format), format)
		if err != nil {
			return nil, fmt.Errorf("print archive %d of %s.%s: %w", a.Number, ed.ID, format, err)
		}
		if len(body) <= maxDocument || !lighten(entries, len(body)-maxDocument) {
			return NewDocument(body, mediaTypes[format], a.ChangedAt), nil
		}
	}
}

// archived lays an archive out as a feed: its edition's, with the entries of then.
// It is dated by them, so that it stays as it is while others come.
func archived(plan *Plan, ed *config.Edition, issue Issue, a Archive, entries []Entry, format feeds.Format) *feeds.Feed {
	issue.ChangedAt, issue.Before = time.Time{}, a.Prev
	for i := range entries {
		if at := entries[i].Updated; at.After(issue.ChangedAt) {
			issue.ChangedAt = at
		}
	}
	f := Compose(plan, ed, issue, entries, format)
	f.Archive, f.Current, f.TTL, f.Hub = true, f.Self, 0, "" // hubs are told of the edition
	f.Self, f.Next = archiveAddress(f, a.Number), archiveAddress(f, a.Next)
	return f
}

// archiveAddress is where an archive of f's edition stands, "" for none.
func archiveAddress(f *feeds.Feed, number int64) string {
	if number == 0 {
		return ""
	}
	return fmt.Sprintf("%sarchive/%d.%s", f.Link, number, f.Format)
}

// lighten takes the longest full texts out of entries until about so many bytes
// are gone, and says whether there were any.
func lighten(entries []Entry, over int) bool {
	order := make([]int, len(entries))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(len(entries[j].Lead.Content), len(entries[i].Lead.Content)) })
	took := false
	for _, i := range order {
		n := len(entries[i].Lead.Content)
		if n == 0 || over <= 0 {
			break
		}
		entries[i].Lead.Content, over, took = "", over-n, true
	}
	return took
}

// shorten keeps about n entries: the newest, and all that no archive holds.
// archived is the last number that one does.
func shorten(entries []Entry, archived int64, n int) []Entry {
	for i := range entries {
		if entries[i].Number > archived {
			n--
		}
	}
	return slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool {
		if e.Number > archived {
			return false
		}
		n--
		return n < 0
	})
}
