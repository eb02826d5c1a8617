package aggregator

import (
	"context"
	"fmt"
	"time"

	"github.com/wiredesk/wiredesk/aggregator/story"
)

// A Window is what the desk compares new items with, as it was decided: read at
// start, never decided again.
type Window struct {
	Placed      []Placed
	Frequencies []story.Frequencies // the last of each language
}

// A Placed is a filed item of the window.
type Placed struct {
	Piece   story.Piece
	Verdict story.Verdict // its Story and CopyOf
}

// open reads the window, once, and afterwards forgets what has left it.
func (d *Desk) open(ctx context.Context, now time.Time) error {
	since := now.Add(-story.Window)
	if d.index != nil {
		d.index.Trim(since)
		return nil
	}
	w, err := d.Store.Window(ctx, since)
	if err != nil {
		return fmt.Errorf("read the window: %w", err)
	}
	x := story.NewIndex()
	x.Use(w.Frequencies...)
	for _, p := range w.Placed {
		x.Add(p.Piece, p.Verdict)
	}
	d.index = x
	return nil
}
