package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
)

// jobs are what [jobs] may ask for.
func (n *newsroom) jobs() *aggregator.Jobs {
	return &aggregator.Jobs{
		Plan: n.active, Now: time.Now, Log: n.log, Done: n.meter.job,
		Work: map[string]func(context.Context) error{"backup": n.backup, "prune": n.prune, "digest": n.digest},
	}
}

// digest makes the digests that are due, and has static files written.
func (n *newsroom) digest(ctx context.Context) error {
	made, err := aggregator.MakeDigests(ctx, n.db, n.active(), time.Now())
	if made > 0 {
		n.log.Info("made digests", "editions", made)
		n.wake()
	}
	return err
}

// keepBackups is how many backups below the data directory stay.
const keepBackups = 7

// backup writes a backup below the data directory and removes the oldest there.
func (n *newsroom) backup(ctx context.Context) error {
	cfg := n.active().Config
	path, err := backupPath(below(cfg, cfg.Site.Data), nil, time.Now())
	if err != nil {
		return err
	}
	if _, err := n.db.Backup(ctx, path); err != nil {
		return err
	}
	names, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	for _, name := range surplus(names, keepBackups) {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

var backupName = regexp.MustCompile(`^wiredesk-\d{8}T\d{6}Z\.db$`)

// surplus lists the backups beyond the newest few. Files that somebody has named
// otherwise are not ours to remove.
func surplus(names []string, keep int) []string {
	ours := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !backupName.MatchString(filepath.Base(name)) })
	slices.Sort(ours) // their names hold the time
	return ours[:max(len(ours)-keep, 0)]
}
