package aggregator

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wiredesk/wiredesk/config"
)

func turnOf(host string, n int, due time.Duration, took time.Duration) turn {
	return turn{src: &config.Source{ID: fmt.Sprintf("%s/%d", host, n)}, host: host, due: noon.Add(due), state: &State{Took: took}}
}

// A model of a line-up: whoever is taken is due, is the longest due of those
// that may be taken, and its host is nobody else's.
func TestALineUpTakesTheLongestDueOneAHost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLineUp()
		waiting, flying := map[string]turn{}, map[string]turn{}
		now := noon
		for n := range rapid.IntRange(1, 200).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0:
				tn := turnOf(fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "host")), n, time.Duration(rapid.IntRange(0, 500).Draw(t, "due"))*time.Second, 0)
				l.add(tn)
				waiting[tn.src.ID] = tn
			case 1:
				for id, tn := range flying {
					l.end(tn, false)
					delete(flying, id)
					break
				}
			case 2:
				now = now.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "later")) * time.Second)
			case 3:
				got, ok := l.take(now)
				want, any := longestDue(waiting, flying, now)
				if ok != any || ok && !got.due.Equal(want) {
					t.Fatalf("took %v %v, want %v %v", ok, got.due, any, want)
				}
				if ok {
					delete(waiting, got.src.ID)
					flying[got.src.ID] = got
				}
			}
			if l.size != len(waiting) || l.flying != len(flying) || len(l.known) != len(waiting)+len(flying) {
				t.Fatalf("%d in line, %d in flight, %d known; want %d and %d", l.size, l.flying, len(l.known), len(waiting), len(flying))
			}
		}
	})
}

func longestDue(waiting, flying map[string]turn, now time.Time) (due time.Time, any bool) {
	busy := map[string]bool{}
	for _, t := range flying {
		busy[t.host] = true
	}
	for _, t := range waiting {
		if !busy[t.host] && !t.due.After(now) && (!any || t.due.Before(due)) {
			due, any = t.due, true
		}
	}
	return due, any
}

func TestSlowHostsLeavePlacesForTheOthers(t *testing.T) {
	l := newLineUp()
	for n := range 2 * places {
		l.add(turnOf(fmt.Sprintf("slow%d", n), n, -time.Hour, 30*time.Second))
	}
	for n := range places {
		l.add(turnOf(fmt.Sprintf("quick%d", n), n, 0, time.Second))
	}
	slow, quick := 0, 0
	for {
		tn, ok := l.take(noon)
		if !ok {
			break
		}
		if tn.state.Took > slowAnswer {
			slow++
		} else {
			quick++
		}
	}
	if slow != slowPlaces || quick != places-slowPlaces {
		t.Errorf("%d slow and %d quick in flight, want %d and %d", slow, quick, slowPlaces, places-slowPlaces)
	}
}

func TestAHostIsOneHoweverItIsSpelled(t *testing.T) {
	for address, want := range map[string]string{
		"http://A.example/x": hostOf("http://a.example./y"), "https://a.example": hostOf("https://a.example/feed?x"),
	} {
		if got := hostOf(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
	if hostOf("http://a.example") == hostOf("http://a.example:8080") {
		t.Error("another port is another host")
	}
}

// The clock on the wall can be set; what is decided meanwhile goes on by the old
// time, until the poller has moved all next polls along.
func TestAClockGoesOnUntilAStepIsFollowed(t *testing.T) {
	wall := noon
	c := newClock(func() time.Time { return wall })
	wall = noon.Add(5 * time.Second)
	if c.step() != 0 || !c.now().Equal(wall) {
		t.Errorf("a drift of 5 s: step %v, now %v", c.step(), c.now())
	}
	for _, by := range []time.Duration{day, -day} {
		before := c.now()
		wall = wall.Add(by)
		if d := c.now().Sub(before); d < 0 || d > time.Second {
			t.Errorf("set by %v: the time to decide by moved %v", by, d)
		}
		step := c.step()
		if d := step - by; d > time.Second || d < -time.Second {
			t.Errorf("set by %v, noticed %v", by, step)
		}
		c.follow(step)
		if c.step() != 0 || !c.now().Equal(wall) {
			t.Errorf("set by %v and followed: step %v, now %v, wall %v", by, c.step(), c.now(), wall)
		}
	}
}
