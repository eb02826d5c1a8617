package main

import (
	"context"
	"fmt"
	"time"
)

// pastEvery is how often a daemon logs how far it is with the past.
const pastEvery = 5 * time.Second

// past makes a Desk.Replanned that tells how many of the stored items have been
// filed by the active plan. It belongs to the desk's goroutine.
func (n *newsroom) past(ctx context.Context, tell func(done, of int)) func(done int) {
	last, of := 0, 0
	return func(done int) {
		if done <= last || done > of { // another plan than at the last call
			left, err := n.db.Past(ctx, n.active().Print)
			if err != nil {
				return // a store that cannot be read is the desk's to report
			}
			of = done + left
		}
		last = done
		tell(done, of)
	}
}

// logPast logs now and then, and not at all when it is done quickly.
func (n *newsroom) logPast() func(done, of int) {
	next := time.Now().Add(pastEvery)
	return func(done, of int) {
		if now := time.Now(); !now.Before(next) {
			n.log.Info("filing what is stored by the changed config", "done", done, "left", of-done)
			next = now.Add(pastEvery)
		}
	}
}

// pastWords says what waits for the desk after a change of the config.
func pastWords(left int) string {
	return fmt.Sprintf("%s not filed by this config yet; the editions change when all are (wiredesk run does it)", count(left, "stored item"))
}

// sayPast says at the start how much a changed config has to file once more.
func (n *newsroom) sayPast(ctx context.Context) error {
	left, err := n.db.Past(ctx, n.active().Print)
	if err == nil && left > 0 {
		n.log.Info("the config has changed: filing what is stored once more", "left", left)
	}
	return err
}
