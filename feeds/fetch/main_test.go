package fetch

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// hostile is the path of a file of hostile test data; the test is skipped when
// the data is not there.
func hostile(t *testing.T, path ...string) string {
	t.Helper()
	root := os.Getenv("WIREDESK_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	file := filepath.Join(append([]string{root, "hostile"}, path...)...)
	if _, err := os.Stat(file); err != nil {
		if os.Getenv("WIREDESK_REQUIRE") == "all" {
			t.Fatalf("test data: %v", err)
		}
		t.Skipf("test data: %v (set WIREDESK_DATA)", err)
	}
	return file
}

// rows reads a table of tab-separated values with # comments.
func rows(t *testing.T, file string) (table [][]string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimRight(line, "\n"); line != "" && line[0] != '#' {
			table = append(table, strings.Split(line, "\t"))
		}
	}
	return table
}

// memory is an origin without a network: every host of the world at once.
type memory struct{ http.Handler }

func (m memory) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	m.ServeHTTP(rec, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	resp := rec.Result()
	resp.Request = r
	return resp, nil
}

// newClient returns a client without a pause between requests.
func newClient(t testing.TB, o Options) *Client {
	t.Helper()
	if o.HostGap == 0 {
		o.HostGap = time.Nanosecond
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// asking returns a client whose every request f answers.
func asking(t testing.TB, f http.HandlerFunc) *Client {
	c := newClient(t, Options{UserAgent: "wiredesk/test (+https://desk.example)"})
	c.transport = memory{f}
	return c
}
