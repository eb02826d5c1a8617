package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds/fetch"
	"github.com/wiredesk/wiredesk/store"
)

// A meter is the store as poller and desk see it. It counts what passes, and
// knows when each of them last came by.
type meter struct {
	*store.DB
	registry *prometheus.Registry

	fetches *prometheus.CounterVec // by source and result
	items   *prometheus.CounterVec // by source and decision
	filed   *prometheus.CounterVec // by decision
	errors  prometheus.Counter
	took    prometheus.Histogram
	reads   *prometheus.CounterVec // of the config, by result
	current prometheus.Gauge       // 1: the config as it stands is in force
	jobs    *prometheus.CounterVec // by job and result
	jobDone *prometheus.GaugeVec   // by job

	polled    beat          // the poller asked what is due
	desked    beat          // the desk asked what waits
	adopted   chan struct{} // closed once the poller has begun
	caughtUp  atomic.Bool   // the desk has filed all that waited at the start
	beginning atomic.Bool
}

// A beat is when something was last seen to go on.
type beat struct{ at atomic.Pointer[time.Time] }

func (b *beat) now() {
	at := time.Now()
	b.at.Store(&at)
}

// since is how long ago it was; for ever when it never was.
func (b *beat) since() time.Duration {
	at := b.at.Load()
	if at == nil {
		return 1<<63 - 1
	}
	return time.Since(*at)
}

// newMeter makes the figures of one process and registers each of them once.
// Labels are ids of the config and words of ours, never addresses.
func newMeter(db *store.DB) *meter {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "wiredesk", Name: name, Help: help}, labels)
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "wiredesk", Name: name, Help: help}, labels)
	}
	m := &meter{
		DB: db, registry: prometheus.NewRegistry(), adopted: make(chan struct{}),
		fetches: counter("fetches_total", "Polls that were saved, by source and by result: read, unchanged or failed.", "source", "result"),
		items:   counter("items_total", "Items of documents that were read, by source and decision: new, changed, known, invalid or over_limit.", "source", "decision"),
		filed:   counter("filed_total", "Items filed by the desk: unmatched, lead, also or copy.", "decision"),
		reads:   counter("config_reads_total", "Readings of the config after the start, by result: in_force or refused.", "result"),
		jobs:    counter("jobs_total", "Jobs of [jobs] that were done, by result: done or failed.", "job", "result"),
		jobDone: gauge("job_last_success_timestamp_seconds", "When a job was last done well.", "job"),
		errors:  prometheus.NewCounter(prometheus.CounterOpts{Namespace: "wiredesk", Name: "store_errors_total", Help: "Polls and desk rounds that could not be stored."}),
		current: prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "wiredesk", Name: "config_in_force", Help: "1 when the config as last read is in force, 0 when it was refused and the one before runs on."}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "wiredesk", Name: "fetch_duration_seconds", Help: "How long sources took to answer, with the wait for their host's turn.",
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}),
	}
	build := gauge("build_info", "1, with the version of the program.", "version", "goversion")
	build.WithLabelValues(version, runtime.Version()).Set(1)
	m.current.Set(1)
	m.registry.MustRegister(m.fetches, m.items, m.filed, m.errors, m.took, m.reads, m.current, m.jobs, m.jobDone, build,
		sourceFigures{db}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// page serves the figures.
func (m *meter) page() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Timeout: 10 * time.Second, MaxRequestsInFlight: 2})
}

// Due is what the poller asks at least once a second.
func (m *meter) Due(ctx context.Context, now time.Time, limit int, but map[string]bool) ([]*aggregator.State, error) {
	m.polled.now()
	if m.beginning.CompareAndSwap(false, true) {
		close(m.adopted)
	}
	return m.DB.Due(ctx, now, limit, but)
}

// Queue is what the desk asks before each batch, and every few seconds besides.
func (m *meter) Queue(ctx context.Context, due aggregator.Due, limit int) ([]aggregator.Record, error) {
	m.desked.now()
	records, err := m.DB.Queue(ctx, due, limit)
	if err == nil && len(records) == 0 {
		m.caughtUp.Store(true)
	}
	return records, err
}

// Save counts a poll once it is stored.
func (m *meter) Save(ctx context.Context, b aggregator.Batch) error {
	if err := m.DB.Save(ctx, b); err != nil {
		m.failed(ctx)
		return err
	}
	source := b.State.Source
	switch {
	case b.State.Error != "":
		m.fetches.WithLabelValues(source, "failed").Inc()
	case b.Dropped:
		m.fetches.WithLabelValues(source, "unchanged").Inc()
	default:
		m.fetches.WithLabelValues(source, "read").Inc()
		t := b.State.Last
		for decision, n := range map[string]int{"new": t.New, "changed": t.Changed, "known": t.Known, "invalid": t.Invalid, "over_limit": t.Over} {
			m.items.WithLabelValues(source, decision).Add(float64(n))
		}
	}
	return nil
}

// File counts a desk round once it is stored.
func (m *meter) File(ctx context.Context, f aggregator.Filing) error {
	if err := m.DB.File(ctx, f); err != nil {
		m.failed(ctx)
		return err
	}
	r := f.Round
	for decision, n := range map[string]int{"unmatched": r.Unmatched, "lead": r.Lead, "also": r.Also, "copy": r.Copy} {
		m.filed.WithLabelValues(decision).Add(float64(n))
	}
	return nil
}

func (m *meter) failed(ctx context.Context) {
	if ctx.Err() == nil { // a stop is no error
		m.errors.Inc()
	}
}

// job counts a job of the operator's.
func (m *meter) job(name string, err error) {
	if err != nil {
		m.jobs.WithLabelValues(name, "failed").Inc()
		return
	}
	m.jobs.WithLabelValues(name, "done").Inc()
	m.jobDone.WithLabelValues(name).SetToCurrentTime()
}

// read counts a reading of the config.
func (m *meter) read(inForce bool) {
	if !inForce {
		m.reads.WithLabelValues("refused").Inc()
		m.current.Set(0)
		return
	}
	m.reads.WithLabelValues("in_force").Inc()
	m.current.Set(1)
}

// forget drops the figures of sources that old had and plan has not.
func (m *meter) forget(old, plan *aggregator.Plan) {
	for _, src := range old.Config.Sources {
		if plan.Source(src.ID) == nil {
			m.fetches.DeletePartialMatch(prometheus.Labels{"source": src.ID})
			m.items.DeletePartialMatch(prometheus.Labels{"source": src.ID})
		}
	}
}

// ready is an error until the desk has filed what waited at the start.
func (m *meter) ready() error {
	if !m.caughtUp.Load() {
		return errors.New("the desk is filing what waited at the start")
	}
	return nil
}

// stuck is how long poller and desk may be silent. The desk rests a minute after
// an error, and a batch takes seconds.
const stuck = 5 * time.Minute

// alive is an error when poller or desk have not been seen for long.
func (m *meter) alive() error {
	if since := m.polled.since(); since > stuck {
		return fmt.Errorf("the poller has not been seen for %s", since.Round(time.Second))
	}
	if since := m.desked.since(); since > stuck {
		return fmt.Errorf("the desk has not been seen for %s", since.Round(time.Second))
	}
	return nil
}

// sourceFigures are read from the stored states when somebody asks, so that they
// hold from the first moment and end with their source.
type sourceFigures struct{ db *store.DB }

var (
	lastSuccess = prometheus.NewDesc("wiredesk_source_last_success_timestamp_seconds",
		"When a source last answered well; 0 for never.", []string{"source"}, nil)
	sourceHealth = prometheus.NewDesc("wiredesk_sources",
		"Sources in use, by how they do: well, failing or gone.", []string{"health"}, nil)
)

// Describe is of prometheus.Collector.
func (s sourceFigures) Describe(ch chan<- *prometheus.Desc) {
	ch <- lastSuccess
	ch <- sourceHealth
}

// Collect is of prometheus.Collector, which gives it no context: the store's own
// time limits hold.
func (s sourceFigures) Collect(ch chan<- prometheus.Metric) {
	states, err := s.db.States(context.Background())
	if err != nil {
		ch <- prometheus.NewInvalidMetric(sourceHealth, err)
		return
	}
	health := map[string]int{"well": 0, "failing": 0, "gone": 0}
	for _, st := range states {
		last := 0.0
		if !st.LastOK.IsZero() {
			last = float64(st.LastOK.UnixMilli()) / 1000
		}
		ch <- prometheus.MustNewConstMetric(lastSuccess, prometheus.GaugeValue, last, st.Source)
		switch {
		case st.Gone:
			health["gone"]++
		case st.Error != "":
			health["failing"]++
		default:
			health["well"]++
		}
	}
	for word, n := range health {
		ch <- prometheus.MustNewConstMetric(sourceHealth, prometheus.GaugeValue, float64(n), word)
	}
}

// A timed client measures how long sources take to answer.
type timed struct {
	*fetch.Client
	took prometheus.Observer
}

// Get asks for a feed.
func (t timed) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	started := time.Now()
	resp, err := t.Client.Get(ctx, r)
	if ctx.Err() == nil {
		t.took.Observe(time.Since(started).Seconds())
	}
	return resp, err
}
