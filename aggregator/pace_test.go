package aggregator

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
)

const day = 24 * time.Hour

// regular is the pace of a source that brought an item each gap for a time.
func regular(gap, span time.Duration) Pace {
	p := Pace{At: noon.Add(-span), Since: noon.Add(-span)}
	for at := noon.Add(-span + gap); !at.After(noon); at = at.Add(gap) {
		p = p.add(1, at)
	}
	return p
}

func TestThePaceOfASteadySourceIsKnown(t *testing.T) {
	for _, row := range []struct{ gap, span time.Duration }{
		{time.Hour, 3 * day}, {time.Hour, 60 * day}, {6 * time.Hour, 10 * day}, {day, 30 * day},
	} {
		p := regular(row.gap, row.span)
		want := day.Hours() / row.gap.Hours()
		if got := p.perDay(noon); math.Abs(got-want) > want/5 {
			t.Errorf("one each %v for %v: %.2f a day, want about %.2f", row.gap, row.span, got, want)
		}
		if got := p.longRun(noon); math.Abs(got-want) > want/5 {
			t.Errorf("one each %v for %v: %.2f a day in the long run, want about %.2f", row.gap, row.span, got, want)
		}
	}
}

// A late poll or a restart changes nothing: items count by when they were seen.
func TestPaceDependsOnNoPollThatBroughtNothing(t *testing.T) {
	p := regular(day, 30*day)
	if got := p.add(0, noon.Add(5*day)); got != p {
		t.Errorf("%+v became %+v", p, got)
	}
}

func TestTheFirstDocumentTellsThePaceByItsDates(t *testing.T) {
	var items []feeds.Item
	for i := range 20 {
		items = append(items, feeds.Item{Published: noon.Add(-time.Duration(i) * 6 * time.Hour)})
	}
	if got := begin(items, noon).perDay(noon); got < 3 || got > 5 {
		t.Errorf("%.2f a day, want about 4", got)
	}
	for i := range items {
		if i > 5 {
			items[i].Published = time.Time{}
		}
	}
	if p := begin(items, noon); p.Week != 0 || !p.Since.Equal(noon) {
		t.Errorf("mostly undated: %+v, want nothing known yet", p)
	}
}

func TestASourceIsAskedTwentyFourTimesInItsUsualGap(t *testing.T) {
	p := plainPlan()
	for name, row := range map[string]struct {
		pace     Pace
		from, to time.Duration
	}{
		"nothing is known":        {Pace{}, 20 * time.Minute, 20 * time.Minute},
		"just met, nothing dated": {Pace{At: noon, Since: noon}, 20 * time.Minute, 20 * time.Minute},
		"every hour":              {regular(time.Hour, 30*day), 20 * time.Minute, 20 * time.Minute},
		"every day":               {regular(day, 30*day), 50 * time.Minute, 70 * time.Minute},
		"every week":              {regular(7*day, 60*day), 4 * time.Hour, 9 * time.Hour},
		"every month":             {regular(30*day, 400*day), 12 * time.Hour, 24 * time.Hour},
		"fell silent half a year": {func() Pace {
			p := regular(day, 30*day)
			p.At = p.At.Add(-180 * day)
			p.Since = p.Since.Add(-180 * day)
			return p
		}(), 24 * time.Hour, 24 * time.Hour},
		"twenty a minute, for all": {regular(3*time.Second, 2*time.Hour), 20 * time.Minute, 20 * time.Minute},
	} {
		got := p.nextPoll(&config.Source{}, outcome{ok: true, st: State{Pace: row.pace}}, noon).Sub(noon)
		if got < row.from || got > row.to+row.to/20 {
			t.Errorf("%s: %v, want %v to %v", name, got, row.from, row.to)
		}
	}
}

func TestFeedsOfOurOwnAreAskedAsOftenAsIsWritten(t *testing.T) {
	p := plainPlan()
	p.Config.Defaults.Fetch.Every, p.Config.Defaults.MinFetch = 10*time.Second, 10*time.Second
	st := State{Pace: regular(7*day, 60*day)}
	if got := p.nextPoll(&config.Source{}, outcome{ok: true, st: st}, noon).Sub(noon); got > 11*time.Second {
		t.Errorf("%v, want 10 s", got)
	}
}

func TestADocumentThatTurnsOverHalvesTheInterval(t *testing.T) {
	p := plainPlan()
	src := &config.Source{Fetch: config.Schedule{Every: 4 * time.Hour}}
	st := State{}
	for _, row := range []struct {
		last Tally
		want time.Duration
	}{
		{Tally{New: 20}, 2 * time.Hour},              // nothing known was left
		{Tally{New: 15, Known: 5}, time.Hour},        // most of it: with twice the interval some would be missed
		{Tally{New: 8, Known: 12}, time.Hour},        // just right
		{Tally{New: 20}, 30 * time.Minute},           //
		{Tally{New: 20}, 15 * time.Minute},           // min_fetch
		{Tally{New: 20}, 15 * time.Minute},           // never below
		{Tally{New: 1, Known: 19}, 15 * time.Minute}, // 4h >> 4 is still the least
		{Tally{New: 1, Known: 19}, 30 * time.Minute},
		{Tally{Known: 20}, time.Hour},
		{Tally{Known: 20}, 2 * time.Hour},
		{Tally{Known: 20}, 4 * time.Hour},
	} {
		st.Hurry = hurried(st.Hurry, row.last)
		got := p.nextPoll(src, outcome{ok: true, st: st}, noon).Sub(noon)
		if got < row.want || got > row.want+row.want/20 {
			t.Errorf("%+v: %v, want %v", row.last, got, row.want)
		}
	}
	st.Hurry = 3
	if got := p.nextPoll(src, outcome{ok: true, st: st, maxAge: 3 * time.Hour}, noon).Sub(noon); got < 3*time.Hour {
		t.Errorf("%v: the server's own limit is 3h", got)
	}
}

func TestABare429SlowsUsDownForDays(t *testing.T) {
	p := plainPlan()
	src := &config.Source{}
	for slow, want := range []time.Duration{20 * time.Minute, 40 * time.Minute, 80 * time.Minute} {
		got := p.nextPoll(src, outcome{ok: true, st: State{Slow: slow}}, noon).Sub(noon)
		if got < want || got > want+want/20 {
			t.Errorf("after %d: %v, want %v", slow, got, want)
		}
	}
	if got := p.nextPoll(src, outcome{ok: true, st: State{Slow: 1000}}, noon).Sub(noon); got > backoff+backoff/20 {
		t.Errorf("a thousand times: %v", got)
	}
}

func TestHoursAndDaysToSkipAreKept(t *testing.T) {
	p := plainPlan() // noon is a Sunday
	src := &config.Source{ID: "s"}
	for name, row := range map[string]struct {
		asks     Asks
		from, to time.Time
	}{
		"this hour and the next": {Asks{SkipHours: []int{12, 13}}, noon.Add(2 * time.Hour), noon.Add(2*time.Hour + 3*time.Minute)},
		"another hour":           {Asks{SkipHours: []int{3}}, noon.Add(20 * time.Minute), noon.Add(21 * time.Minute)},
		"today":                  {Asks{SkipDays: []time.Weekday{time.Sunday}}, noon.Add(12 * time.Hour), noon.Add(12*time.Hour + 3*time.Minute)},
		"today and tomorrow's first hour": {Asks{SkipDays: []time.Weekday{time.Sunday}, SkipHours: []int{0}},
			noon.Add(13 * time.Hour), noon.Add(13*time.Hour + 3*time.Minute)},
	} {
		o := outcome{ok: true, st: State{Asks: row.asks}}
		if got := p.nextPoll(src, o, noon); got.Before(row.from) || got.After(row.to) {
			t.Errorf("%s: %v, want %v to %v", name, got, row.from, row.to)
		}
		s, err := parseCron("*/20 * * * *")
		if err != nil {
			t.Fatal(err)
		}
		p.schedules["s"] = s
		if got := p.nextPoll(src, o, noon); got.Before(row.from) || got.After(row.from.Add(20*time.Minute)) {
			t.Errorf("%s, cron: %v, want %v", name, got, row.from)
		}
		delete(p.schedules, "s")
	}
}

func TestADocumentThatSkipsAlwaysAsksForNothing(t *testing.T) {
	f := &feeds.Feed{TTL: 400 * day}
	for h := range 24 {
		f.SkipHours = append(f.SkipHours, h, h)
	}
	for d := range 7 {
		f.SkipDays = append(f.SkipDays, time.Weekday(d))
	}
	a := asks(f)
	if a.SkipHours != nil || a.SkipDays != nil || a.TTL != longest {
		t.Errorf("%+v", a)
	}
	f.SkipHours, f.SkipDays = []int{24, 0, 77, -3}, []time.Weekday{9}
	if a := asks(f); len(a.SkipHours) != 1 || len(a.SkipDays) != 0 {
		t.Errorf("%+v, want midnight alone", a)
	}
}

func TestWhatIsUnusualIsSaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { // a source is never silent and thinner for nothing
		gap := time.Duration(rapid.IntRange(1, 72).Draw(t, "hours")) * time.Hour
		st := State{Pace: regular(gap, 100*day)}
		if st.silent(noon.Add(gap)) || st.Pace.thinner(noon.Add(gap)) {
			t.Fatalf("one each %v", gap)
		}
	})
	st := State{Pace: regular(6*time.Hour, 60*day)}
	if st.silent(noon.Add(2*day)) || !st.silent(noon.Add(4*day)) {
		t.Error("four a day: silent after three days, not two")
	}
	p := regular(6*time.Hour, 60*day)
	for d := range 21 {
		if d%7 == 0 {
			p = p.add(1, noon.Add(time.Duration(d)*day))
		}
	}
	if !p.thinner(noon.Add(21 * day)) {
		t.Errorf("four a day became one a week: %.2f of %.2f is no drop", p.perDay(noon.Add(21*day)), p.longRun(noon.Add(21*day)))
	}
}

func TestJitterIsAlwaysTheSameAndSpreads(t *testing.T) {
	places := map[time.Duration]int{}
	for i := range 1000 {
		id := string(rune('a'+i%26)) + string(rune('a'+i/26))
		j := jitter(id, time.Hour)
		if j != jitter(id, time.Hour) || j < 0 || j > 3*time.Minute {
			t.Fatalf("%s: %v", id, j)
		}
		places[j.Truncate(18*time.Second)]++
	}
	for at, n := range places {
		if len(places) < 10 || n > 250 {
			t.Errorf("%d of 1000 in the 18 s from %v, %d places", n, at, len(places))
		}
	}
}
