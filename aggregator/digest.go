package aggregator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wiredesk/wiredesk/config"
)

// KeptDigests is how many digests of an edition are published: the newest.
const KeptDigests = 30

// A Digest lists what an edition has published since the one before. What it is
// named and which entries it tells of is frozen; the entries are shown as they
// now stand, so that a correction is seen here too and what is withdrawn is gone.
type Digest struct {
	Edition string
	ID      string // tag URI (RFC 4151)
	At      time.Time
	Title   string // as it was at that time
	Stories int    // how many entries it had then

	Tells  []string // ids of its entries, when it is made
	Passed []string // ids of entries that no digest will tell of, when it is made

	Entries   []Entry   // those left of them, newest first, when it is read
	Withdrawn time.Time // when the last of those gone was withdrawn; zero: none was
}

// A Published is an entry that readers have: its id and its date.
type Published struct {
	ID string
	At time.Time
}

// DigestsOf names the issue of an edition's digests, among those of editions.
func DigestsOf(edition string) string { return edition + "/digest" }

// A DigestStore is what the digest job asks of the store. Filing is how all that
// readers see is changed.
type DigestStore interface {
	Undigested(ctx context.Context, edition string) (all []Published, first bool, err error)
	File(ctx context.Context, f Filing) error
}

// Digested says whether the plan wants digests.
func (p *Plan) Digested() bool { return p.Config.Jobs.Digest != "" }

// MakeDigests makes the digest of every edition that has published anything since
// its last one, and answers how many it made. One edition's failure costs only its
// own: what it has published stays for its next time.
func MakeDigests(ctx context.Context, store DigestStore, plan *Plan, now time.Time) (made int, err error) {
	at := now.UTC().Truncate(time.Minute) // the job's time, whatever it took to begin
	for _, ed := range plan.Config.Editions {
		done, failed := plan.makeDigest(ctx, store, ed, at)
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("digest of %s: %w", ed.ID, failed))
		}
		if done {
			made++
		}
	}
	return made, err
}

// makeDigest makes an edition's digest unless there is nothing to tell.
func (p *Plan) makeDigest(ctx context.Context, store DigestStore, ed *config.Edition, at time.Time) (bool, error) {
	all, first, err := store.Undigested(ctx, ed.ID)
	if err != nil {
		return false, err
	}
	d := p.digest(ed, all, first, at)
	if d == nil {
		return false, nil
	}
	err = store.File(ctx, Filing{Digests: []Digest{*d}, Changed: []Issue{{Edition: DigestsOf(ed.ID)}}, Renamed: p.names.Count(), At: at})
	return err == nil, err
}

// digest decides what a digest tells of: nil when there is nothing. An edition's
// first goes back as far as the next one will; nobody wants a year at once.
func (p *Plan) digest(ed *config.Edition, all []Published, first bool, at time.Time) *Digest {
	d := &Digest{Edition: ed.ID, At: at}
	since := at.Add(-p.digestSpan(at))
	for _, e := range all {
		if len(d.Tells) == maxEntries || first && e.At.Before(since) {
			d.Passed = append(d.Passed, e.ID)
			continue
		}
		d.Tells = append(d.Tells, e.ID)
	}
	if len(d.Tells) == 0 {
		return nil
	}
	d.Stories = len(d.Tells)
	d.ID = mintDigest(p.Config.Site.Tag, p.names.root(EditionID, ed.ID), at)
	d.Title = p.digestTitle(ed, d.Stories, at)
	return d
}

// digestSpan is how long it is from one digest to the next.
func (p *Plan) digestSpan(at time.Time) time.Duration {
	for _, j := range p.jobs {
		if next := nextTime(j.times, at, p.Config.Site.Timezone); j.name == "digest" && !next.IsZero() {
			return next.Sub(at)
		}
	}
	return 24 * time.Hour
}

// mintDigest makes a digest's id from what it is of and its time: unlike a number
// that counts them, that is never given twice, whatever backup was restored.
func mintDigest(tag, edition string, at time.Time) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "digest\x00%s\x00%d", edition, at.Unix()))
	return "tag:" + tag + ":" + hex.EncodeToString(sum[:12])
}

// digestTitle says what a digest is, as in "Syria: 14 stories, 27 November 2026".
func (p *Plan) digestTitle(ed *config.Edition, stories int, at time.Time) string {
	zone := p.Config.Site.Timezone
	if zone == nil {
		zone = time.UTC
	}
	count := "1 story"
	if stories != 1 {
		count = fmt.Sprintf("%d stories", stories)
	}
	return p.digestName(ed) + ": " + count + ", " + at.In(zone).Format("2 January 2006")
}

// digestName is an edition's own title, else its topics': a digest is read among
// others, and one name is enough.
func (p *Plan) digestName(ed *config.Edition) string {
	if ed.Title != "" {
		return ed.Title
	}
	return strings.Join(topicTitles(p, ed.Topics), ", ")
}
