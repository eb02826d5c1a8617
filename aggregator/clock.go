package aggregator

import (
	"sync"
	"time"
)

// settled is how far the wall clock may drift from the steady one before it
// counts as set: an NTP daemon slews less, a person sets more.
const settled = 10 * time.Second

// A clock tells the time of the wall as long as nobody sets it. When somebody
// does, it goes on as if nothing had happened until the poller has moved all
// next polls along, so that what is decided meanwhile is moved with the rest:
// a step of a day must neither ask every origin at once nor none for a day.
type clock struct {
	wall func() time.Time

	mu     sync.Mutex // guards the rest
	base   time.Time  // of the wall,
	steady time.Time  // at this moment of the monotonic clock
}

func newClock(wall func() time.Time) *clock {
	return &clock{wall: wall, base: wall(), steady: time.Now()}
}

// now is the time to decide by.
func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall, unset := c.wall(), c.base.Add(time.Since(c.steady))
	if apart(wall, unset) {
		return unset.Round(0)
	}
	return wall
}

// step is by how much the wall clock has been set since the last turn of follow; 0
// when it has not.
func (c *clock) step() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall, unset := c.wall(), c.base.Add(time.Since(c.steady))
	if apart(wall, unset) {
		return wall.Round(0).Sub(unset.Round(0))
	}
	c.base, c.steady = wall, time.Now() // what drifts slowly is followed
	return 0
}

// follow goes over to the time of the wall after a step.
func (c *clock) follow(step time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base = c.base.Add(step)
}

// apart compares by the wall: a reading of the monotonic clock would hide a step.
func apart(a, b time.Time) bool {
	d := a.Round(0).Sub(b.Round(0))
	return d > settled || d < -settled
}
