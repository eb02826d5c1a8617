package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds"
)

// What one hostile document may cost. Time is the CPU time of this process, which
// other programs of a busy machine cannot lengthen; the garbage collector and the
// race detector can, hence the slack.
const (
	maxHostileCPU   = 100 * time.Millisecond
	maxHostileAlloc = 50 << 20 // bytes, all that was allocated while it was read
	cpuSlack        = 5
)

// A cost is what reading a document took.
type cost struct {
	name  string
	cpu   time.Duration
	alloc uint64
}

// costs collects them and keeps the dearest.
type costs struct {
	t          *testing.T
	n          int
	failed     int // with an error, as they may
	slow, wide cost
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measure runs work and answers what it took.
func measure(name string, work func()) cost {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := cpuTime()
	work()
	c := cost{name: name, cpu: cpuTime() - start}
	runtime.ReadMemStats(&after)
	c.alloc = after.TotalAlloc - before.TotalAlloc
	return c
}

// run does work, within the limits; the error it returns may be any but a panic's.
func (cs *costs) run(name string, work func() error) {
	cs.t.Helper()
	var err error
	c := measure(name, func() { err = safelyRun(work) })
	if c.cpu > maxHostileCPU { // once more: a collection may have fallen into it
		if again := measure(name, func() { err = safelyRun(work) }); again.cpu < c.cpu {
			c.cpu = again.cpu
		}
	}
	cs.n++
	if err != nil {
		cs.failed++
		if strings.Contains(err.Error(), "panic") {
			cs.t.Errorf("%s: %v", name, err)
		}
	}
	if c.cpu > maxHostileCPU*cpuSlack*raceSlack {
		cs.t.Errorf("%s: %v of CPU time", name, c.cpu)
	}
	if c.alloc > maxHostileAlloc {
		cs.t.Errorf("%s: %d MB allocated", name, c.alloc>>20)
	}
	if c.cpu > cs.slow.cpu {
		cs.slow = c
	}
	if c.alloc > cs.wide.alloc {
		cs.wide = c
	}
}

func safelyRun(work func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return work()
}

func (cs *costs) log() {
	cs.t.Helper()
	cs.t.Logf("%d read, %d with an error; at most %.1f ms of CPU (%s), %.1f MB allocated (%s)",
		cs.n, cs.failed, cs.slow.cpu.Seconds()*1000, cs.slow.name, float64(cs.wide.alloc)/(1<<20), cs.wide.name)
}

// readHostile reads a document as a poll does and, where it is a feed, prints it
// in every format, which has to be well-formed.
func readHostile(body []byte, meta feeds.Meta) error {
	f, err := aggregator.Read(body, meta)
	if err != nil {
		return err
	}
	for _, format := range []feeds.Format{feeds.RSS, feeds.Atom} {
		out, err := feeds.Write(f, format)
		if err != nil {
			return err
		}
		if err := strictXML(out); err != nil {
			return fmt.Errorf("panic-worthy: %s is not well-formed: %w", format, err)
		}
	}
	return nil
}

// isLimit says whether err names a limit of the parser.
func isLimit(err error) bool {
	var limit *feeds.LimitError
	return errors.As(err, &limit)
}
