package aggregator

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wiredesk/wiredesk/config"
)

func plainPlan() *Plan {
	return &Plan{
		Config: &config.Config{Defaults: config.Defaults{
			Fetch: config.Schedule{Every: 20 * time.Minute}, MinFetch: 15 * time.Minute,
		}},
		schedules: map[string]schedule{},
	}
}

func TestNextPoll(t *testing.T) {
	p := plainPlan()
	for name, row := range map[string]struct {
		src  config.Source
		out  outcome
		want time.Duration // without jitter
	}{
		"the default interval":      {config.Source{}, outcome{ok: true}, 20 * time.Minute},
		"the source's own":          {config.Source{Fetch: config.Schedule{Every: time.Hour}}, outcome{ok: true}, time.Hour},
		"max-age is longer":         {config.Source{}, outcome{ok: true, maxAge: time.Hour}, time.Hour},
		"ttl is longer":             {config.Source{}, outcome{ok: true, st: State{Asks: Asks{TTL: 2 * time.Hour}}}, 2 * time.Hour},
		"max-age of a year":         {config.Source{}, outcome{ok: true, maxAge: 8760 * time.Hour}, longest},
		"first failure doubles":     {config.Source{}, outcome{failures: 1}, 40 * time.Minute},
		"third failure":             {config.Source{}, outcome{failures: 3}, 160 * time.Minute},
		"failing for ever":          {config.Source{}, outcome{failures: 1000}, 24 * time.Hour},
		"Retry-After beats backoff": {config.Source{}, outcome{failures: 1, retryAfter: 5 * time.Hour}, 5 * time.Hour},
	} {
		got := p.nextPoll(&row.src, row.out, noon).Sub(noon)
		if got < row.want || got > row.want+row.want/20 {
			t.Errorf("%s: %v, want %v and at most a twentieth more", name, got, row.want)
		}
	}
}

// I5: whatever a source answers, it is not asked again before its interval.
func TestNoSourceIsAskedTooEarly(t *testing.T) {
	p := plainPlan()
	rapid.Check(t, func(t *rapid.T) {
		dur := func(name string) time.Duration {
			return time.Duration(rapid.Int64Range(0, int64(400*24*time.Hour)).Draw(t, name))
		}
		o := outcome{
			ok: rapid.Bool().Draw(t, "ok"), failures: rapid.IntRange(0, 1<<30).Draw(t, "failures"),
			maxAge: dur("age"), retryAfter: dur("retry"),
			st: State{
				Asks: Asks{TTL: dur("ttl"), SkipHours: rapid.SliceOfN(rapid.IntRange(-30, 30), 0, 30).Draw(t, "hours")},
				Slow: rapid.IntRange(0, 100).Draw(t, "slow"),
				Pace: Pace{Week: rapid.Float64Range(0, 1e6).Draw(t, "pace"), At: noon.Add(-dur("at")), Since: noon.Add(-dur("since"))},
			},
		}
		src := config.Source{ID: rapid.String().Draw(t, "id")}
		wait := p.nextPoll(&src, o, noon).Sub(noon)
		if wait < 20*time.Minute || wait > longest+longest/20 {
			t.Fatalf("%v after %+v", wait, o)
		}
		if wait < min(o.retryAfter, longest) {
			t.Fatalf("%v, Retry-After is %v", wait, o.retryAfter)
		}
	})
}

func TestCronMistakesAreSaidInWords(t *testing.T) {
	for expr, want := range map[string]string{
		"0 6-25 * * *":    `hour 25 is out of range 0–23`,
		"61 * * * *":      `minute 61 is out of range 0–59`,
		"0 0 31 2 *":      "never comes",
		"* * *":           "3 fields, want 5",
		"TZ=UTC":          "site.timezone",
		"CRON_TZ=UTC":     "site.timezone",
		"x * * * *":       "cron",
		"@every 0s":       "fields, want 5",
		"0 0 * * Someday": "cron",
	} {
		if _, err := parseCron(expr); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", expr, err, want)
		}
	}
}

func TestCronRunsInTheSitesTimeZoneAndKeepsTheFloor(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Damascus")
	if err != nil {
		t.Fatal(err)
	}
	p := plainPlan()
	p.Config.Site.Timezone = zone
	src := &config.Source{ID: "s"}
	for expr, want := range map[string]time.Time{
		"0 6 * * *":    time.Date(2024, 12, 9, 3, 0, 0, 0, time.UTC), // 6:00 in Damascus, UTC+3
		"*/15 * * * *": noon.Add(15 * time.Minute),
		"* * * * *":    noon.Add(15 * time.Minute),
	} {
		s, err := parseCron(expr)
		if err != nil {
			t.Fatal(err)
		}
		p.schedules["s"] = s
		if got := p.nextPoll(src, outcome{ok: true}, noon.Add(2*time.Second)); !got.Equal(want) {
			t.Errorf("%q: %v, want %v", expr, got, want)
		}
	}
}
