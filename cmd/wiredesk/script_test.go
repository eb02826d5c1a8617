package main

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"wiredesk": main,
	})
}

// TestScripts runs every verb as its user would, on good and on bad input.
// Beside testscript's own words a script has
//
//	serve DIR      an HTTP server of DIR on loopback; its address is $FEEDS
//	expand FILE…   $FEEDS and other variables in files become their values
//	await FILE RE  wait until a file that a daemon writes matches; "! await"
//	               until it does not
//	awaiturl URL RE  the same of an address; an answer of any status counts
//	code N CMD…    run a command that exits with N
//	port NAME      $NAME becomes an address of this machine that nobody listens on
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve":    serveDir,
			"expand":   expandFiles,
			"await":    await,
			"awaiturl": awaitURL,
			"port":     freePort,
			"code":     exitsWith,
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "xdg"))
			return nil
		},
	})
}

func serveDir(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: serve DIR")
	}
	srv := httptest.NewServer(http.FileServer(http.Dir(ts.MkAbs(args[0]))))
	ts.Defer(srv.Close)
	ts.Setenv("FEEDS", srv.URL)
}

func expandFiles(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		path := ts.MkAbs(name)
		ts.Check(os.WriteFile(path, []byte(os.Expand(ts.ReadFile(name), ts.Getenv)), 0o644))
	}
}

// patience is how long a test waits for what a daemon does: it files what came
// when the minute is over.
const patience = 3 * time.Minute

func await(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: await FILE RE")
	}
	path := ts.MkAbs(args[0])
	until(ts, neg, args[0], args[1], func() ([]byte, error) { return os.ReadFile(path) })
}

func awaitURL(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: awaiturl URL RE")
	}
	until(ts, neg, args[0], args[1], func() ([]byte, error) {
		body, err := get(args[0])
		return []byte(body), err
	})
}

// get reads a page, whatever its status.
func get(url string) (string, error) {
	client := http.Client{Timeout: 10 * time.Second}
	resp, err := client.Get(url)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	return firstOf(resp.Body)
}

func freePort(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: port NAME")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], l.Addr().String())
	ts.Check(l.Close())
}

func exitsWith(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N CMD…")
	}
	err := ts.Exec(args[1], args[2:]...)
	var ended *exec.ExitError
	if !errors.As(err, &ended) || strconv.Itoa(ended.ExitCode()) != args[0] {
		ts.Fatalf("%v, want exit %s", err, args[0])
	}
}

// until reads until what it reads matches; with neg, until it does not.
func until(ts *testscript.TestScript, neg bool, name, pattern string, read func() ([]byte, error)) {
	re := regexp.MustCompile(pattern)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for {
		data, err := read()
		if err == nil && re.Match(data) != neg {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			ts.Fatalf("%s after %v (%v):\n%s", name, patience, err, data)
		}
	}
}
