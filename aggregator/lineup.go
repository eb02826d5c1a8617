package aggregator

import (
	"container/heap"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/wiredesk/wiredesk/config"
)

// How many polls are in flight. Most of a poll is waiting for an origin. A host
// that let us wait for long the last time may take only some of the places: a
// thousand dead ones must not keep the others from being asked.
const (
	places     = 64
	slowPlaces = 48
	slowAnswer = 3 * time.Second
)

// A turn is one source with what its poll needs.
type turn struct {
	plan  *Plan
	src   *config.Source
	state *State // read only
	host  string
	due   time.Time // by the monotonic clock
}

// A lineUp says who is asked next: the longest due, of the hosts that nobody is
// asking. It belongs to the poller's loop and does nothing by itself. A turn
// costs the logarithm of how many wait.
type lineUp struct {
	hosts  map[string]*queue
	ready  [2]queues       // hosts nobody is asking, by their first turn's due time; quick and slow ones
	known  map[string]bool // sources in line or in flight; in a Once also those done
	size   int             // turns in line
	flying int
	slow   int // of flying, on slow hosts
}

// A queue is the turns of one host.
type queue struct {
	host   string
	turns  turns
	flying bool
	slow   bool // the class it is in: as its first turn was
	at     int  // index in its heap
}

func newLineUp() *lineUp {
	return &lineUp{hosts: map[string]*queue{}, known: map[string]bool{}}
}

// add puts a turn in line.
func (l *lineUp) add(t turn) {
	l.known[t.src.ID] = true
	l.size++
	q := l.hosts[t.host]
	if q == nil {
		q = &queue{host: t.host}
		l.hosts[t.host] = q
	}
	if !q.flying && len(q.turns) > 0 {
		heap.Remove(&l.ready[class(q.slow)], q.at)
	}
	heap.Push(&q.turns, t)
	if !q.flying {
		l.line(q)
	}
}

// line makes a host with turns ready to be asked.
func (l *lineUp) line(q *queue) {
	q.slow = q.turns[0].state.Took >= slowAnswer
	heap.Push(&l.ready[class(q.slow)], q)
}

func class(slow bool) int {
	if slow {
		return 1
	}
	return 0
}

// next is the host to be asked next, when there is a place for it.
func (l *lineUp) next() *queue {
	var first *queue
	for c, hosts := range l.ready {
		if len(hosts) == 0 || l.flying >= places || c == class(true) && l.slow >= slowPlaces {
			continue
		}
		if first == nil || hosts[0].turns[0].due.Before(first.turns[0].due) {
			first = hosts[0]
		}
	}
	return first
}

// take begins the first turn that is due by now.
func (l *lineUp) take(now time.Time) (t turn, ok bool) {
	q := l.next()
	if q == nil || q.turns[0].due.After(now) {
		return turn{}, false
	}
	heap.Remove(&l.ready[class(q.slow)], q.at)
	q.flying = true
	l.flying++
	l.size--
	l.slow += class(q.slow)
	return heap.Pop(&q.turns).(turn), true
}

// end is told when a turn that was taken is over. The source is forgotten, so
// that it can be put in line again, unless keep.
func (l *lineUp) end(t turn, keep bool) {
	q := l.hosts[t.host]
	q.flying = false
	l.flying--
	l.slow -= class(q.slow)
	if !keep {
		delete(l.known, t.src.ID)
	}
	if len(q.turns) == 0 {
		delete(l.hosts, q.host)
		return
	}
	l.line(q)
}

// wait is how long until the next turn can begin; most at most.
func (l *lineUp) wait(now time.Time, most time.Duration) time.Duration {
	if q := l.next(); q != nil {
		return min(max(q.turns[0].due.Sub(now), 0), most)
	}
	return most
}

// clear forgets the turns in line; those in flight go on.
func (l *lineUp) clear() {
	for name, q := range l.hosts {
		for _, t := range q.turns {
			delete(l.known, t.src.ID)
		}
		q.turns = nil
		if !q.flying {
			delete(l.hosts, name)
		}
	}
	l.ready = [2]queues{}
	l.size = 0
}

// hostOf is whom an address asks, in one spelling, as package fetch has it.
func hostOf(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return address
	}
	port := u.Port()
	if port == "" {
		port = u.Scheme
	}
	return net.JoinHostPort(strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), port)
}

// turns is a heap (container/heap), the longest due on top.
type turns []turn

func (h turns) Len() int           { return len(h) }
func (h turns) Less(i, j int) bool { return h[i].due.Before(h[j].due) }
func (h turns) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *turns) Push(x any)        { *h = append(*h, x.(turn)) }
func (h *turns) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// queues is a heap of hosts, the longest due on top.
type queues []*queue

func (h queues) Len() int           { return len(h) }
func (h queues) Less(i, j int) bool { return h[i].turns[0].due.Before(h[j].turns[0].due) }
func (h queues) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].at, h[j].at = i, j
}
func (h *queues) Push(x any) {
	q := x.(*queue)
	q.at = len(*h)
	*h = append(*h, q)
}
func (h *queues) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
