package main

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// systemd is the socket that a service tells its state to.
func systemd(t *testing.T) (path string, read func() string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "wd") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path = filepath.Join(dir, "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return path, func() string {
		t.Helper()
		buf := make([]byte, 4096)
		if err := conn.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
			t.Fatal(err)
		}
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatal("systemd was told nothing: ", err)
		}
		return string(buf[:n])
	}
}

// The protocol of Type=notify-reload with a watchdog (sd_notify(3)).
func TestSystemdIsToldWhatItWaitsFor(t *testing.T) {
	path, read := systemd(t)
	p := startDaemon(t, oneItem(t), "NOTIFY_SOCKET="+path, "WATCHDOG_USEC=600000")
	if got := read(); got != "READY=1" {
		t.Errorf("at the start: %q", got)
	}
	next := func() string { // pings come between
		for {
			if got := read(); got != "WATCHDOG=1" {
				return got
			}
		}
	}
	if got := read(); got != "WATCHDOG=1" {
		t.Errorf("then: %q", got)
	}
	p.signal(syscall.SIGHUP)
	if got := next(); !regexp.MustCompile(`^RELOADING=1\nMONOTONIC_USEC=\d+\n$`).MatchString(got) {
		t.Errorf("after HUP: %q", got)
	}
	if got := next(); got != "READY=1" {
		t.Errorf("after the reload: %q", got)
	}
	p.signal(syscall.SIGTERM)
	if got := next(); got != "STOPPING=1" {
		t.Errorf("after TERM: %q", got)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, p.log())
	}
}

// The watchdog is told only while both poller and desk come by.
func TestWhatHasNotBeenSeenForLongIsNotAlive(t *testing.T) {
	long := time.Now().Add(-2 * stuck)
	for name, row := range map[string]struct {
		late func(m *meter)
		want string
	}{
		"all well":           {func(*meter) {}, ""},
		"the poller hangs":   {func(m *meter) { m.polled.at.Store(&long) }, "the poller has not been seen for 10m0s"},
		"the desk hangs":     {func(m *meter) { m.desked.at.Store(&long) }, "the desk has not been seen for 10m0s"},
		"the desk never was": {func(m *meter) { m.desked = beat{} }, "the desk has not been seen for"},
	} {
		m := newMeter(nil)
		m.polled.now()
		m.desked.now()
		row.late(m)
		if err := m.alive(); (err == nil) != (row.want == "") || err != nil && !strings.HasPrefix(err.Error(), row.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Each unit of docs/systemd is one that systemd takes.
func TestUnitsAreValid(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		missing(t, "systemd-analyze is not installed")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	units, err := filepath.Glob(filepath.Join("..", "..", "docs", "systemd", "*"))
	if err != nil || len(units) != 3 {
		t.Fatalf("%d units, %v", len(units), err)
	}
	dir := t.TempDir()
	args := []string{"verify", "--man=no"}
	for _, unit := range units {
		data, err := os.ReadFile(unit)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.Base(unit))
		text := strings.ReplaceAll(string(data), "/usr/local/bin/wiredesk", self) // the program must be there
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	out, err := exec.CommandContext(t.Context(), analyze, args...).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// What the units call is what the program takes.
func TestUnitsCallVerbsThatExist(t *testing.T) {
	calls := regexp.MustCompile(`(?m)^Exec\w+=/usr/local/bin/wiredesk (.+) -c /etc/wiredesk/wiredesk\.toml$`)
	for unit, want := range map[string][]string{"wiredesk.service": {"run", "reload"}, "wiredesk-once.service": {"run --once"}} {
		data, err := os.ReadFile(filepath.Join("..", "..", "docs", "systemd", unit))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range calls.FindAllStringSubmatch(string(data), -1) {
			got = append(got, m[1])
			args := strings.Fields(m[1])
			c, rest, err := rootCommand().Find(args)
			if err == nil {
				err = c.ParseFlags(rest)
			}
			if err != nil || c.Name() != args[0] {
				t.Errorf("%s: wiredesk %s: %v", unit, m[1], err)
			}
		}
		if !slices.Equal(got, want) || len(want) != strings.Count(string(data), "\nExec") {
			t.Errorf("%s calls %q, want %q", unit, got, want)
		}
	}
}
