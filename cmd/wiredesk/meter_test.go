package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// The figures of a daemon are well formed, named as the documentation says, and
// are those of what happened.
func TestMetricsCountWhatHappened(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "wiredesk.toml")
	text := daemonConfig("127.0.0.1:0", oneItem(t)) + "[sources.closed]\nurl = \"http://127.0.0.1:1/?token=secret\"\nlang = \"en\"\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	n := testNewsroom(t, path)
	if _, _, err := n.once(t.Context()); err != nil {
		t.Fatal(err)
	}
	n.meter.job("prune", nil)
	n.meter.read(false)
	lint, err := testutil.GatherAndLint(n.meter.registry)
	if err != nil || len(lint) > 0 {
		t.Errorf("%v, %v", lint, err)
	}
	page := scrape(t, n.meter.page())
	for _, want := range []string{
		`wiredesk_fetches_total{result="read",source="one"} 1`,
		`wiredesk_fetches_total{result="failed",source="closed"} 1`,
		`wiredesk_items_total{decision="new",source="one"} 1`,
		`wiredesk_items_total{decision="known",source="one"} 0`,
		`wiredesk_filed_total{decision="lead"} 1`,
		`wiredesk_filed_total{decision="unmatched"} 0`,
		`wiredesk_fetch_duration_seconds_count 2`,
		`wiredesk_source_last_success_timestamp_seconds{source="closed"} 0`,
		`wiredesk_sources{health="failing"} 1`,
		`wiredesk_sources{health="well"} 1`,
		`wiredesk_config_in_force 0`,
		`wiredesk_config_reads_total{result="refused"} 1`,
		`wiredesk_jobs_total{job="prune",result="done"} 1`,
		`wiredesk_store_errors_total 0`,
	} {
		if !slices.Contains(strings.Split(page, "\n"), want) {
			t.Errorf("no %s", want)
		}
	}
	for _, want := range []string{`wiredesk_source_last_success_timestamp_seconds{source="one"} 1.`, `wiredesk_build_info{`, "process_resident_memory_bytes ", "go_goroutines "} {
		if !strings.Contains(page, "\n"+want) {
			t.Errorf("no %s", want)
		}
	}
	for _, secret := range []string{"token", "127.0.0.1"} {
		if strings.Contains(page, secret) {
			t.Errorf("the page tells %s", secret)
		}
	}
}

// A poll that cannot be stored is an error of the store's, and no poll.
func TestMetricsCountWhatCouldNotBeStored(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wiredesk.toml")
	if err := os.WriteFile(path, []byte(daemonConfig("127.0.0.1:0", oneItem(t))), 0o600); err != nil {
		t.Fatal(err)
	}
	n := testNewsroom(t, path)
	if err := n.db.Close(); err != nil {
		t.Fatal(err)
	}
	src := n.active().Config.Sources[0]
	if n.meter.Save(t.Context(), batchOf(src.ID)) == nil {
		t.Fatal("a closed store has stored something")
	}
	if got := testutil.ToFloat64(n.meter.errors); got != 1 {
		t.Errorf("%v errors, want 1", got)
	}
	if got := testutil.CollectAndCount(n.meter.fetches); got != 0 {
		t.Errorf("%d polls are counted", got)
	}
}
