package web_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// A condition is a header and what it gets, of a document whose ETag and date in
// the coding asked for stand for ETAG and DATE.
type condition struct {
	header []string
	want   int
}

var conditions = map[string]condition{
	"none":                          {nil, 200},
	"the tag":                       {[]string{"If-None-Match", `ETAG`}, 304},
	"the tag, made weak by a proxy": {[]string{"If-None-Match", `W/ETAG`}, 304},
	"first of a list":               {[]string{"If-None-Match", `ETAG, "x"`}, 304},
	"last of a list":                {[]string{"If-None-Match", `"x",W/"y" ,  W/ETAG`}, 304},
	"after a tag with a comma":      {[]string{"If-None-Match", `"x, y", ETAG`}, 304},
	"empty members":                 {[]string{"If-None-Match", `,, ETAG,`}, 304},
	"on a second line":              {[]string{"If-None-Match", `"x"`, "If-None-Match", `ETAG`}, 304},
	"any":                           {[]string{"If-None-Match", `*`}, 304},
	"another tag":                   {[]string{"If-None-Match", `"x"`}, 200},
	"another tag, the date":         {[]string{"If-None-Match", `"x"`, "If-Modified-Since", `DATE`}, 200},
	"the tag, an older date":        {[]string{"If-None-Match", `ETAG`, "If-Modified-Since", `Sun, 01 Dec 2024 00:00:00 GMT`}, 304},
	"an empty tag":                  {[]string{"If-None-Match", ``, "If-Modified-Since", `DATE`}, 200},
	"the tag within a tag":          {[]string{"If-None-Match", `"xETAG"`}, 200},
	"without quotes":                {[]string{"If-None-Match", `x`}, 200},
	"without an end":                {[]string{"If-None-Match", `"x`}, 200},
	"w/ in small":                   {[]string{"If-None-Match", `w/ETAG`}, 200},
	"garbage":                       {[]string{"If-None-Match", "\x00,\xff\"\"\""}, 200},
	"the date":                      {[]string{"If-Modified-Since", `DATE`}, 304},
	"a later date":                  {[]string{"If-Modified-Since", `Fri, 31 Dec 2100 23:59:59 GMT`}, 304},
	"an older date":                 {[]string{"If-Modified-Since", `Sun, 01 Dec 2024 00:00:00 GMT`}, 200},
	"a date as of RFC 850":          {[]string{"If-Modified-Since", `Friday, 31-Dec-60 23:59:59 GMT`}, 304},
	"no date":                       {[]string{"If-Modified-Since", `yesterday`}, 200},
	"two dates":                     {[]string{"If-Modified-Since", `DATE`, "If-Modified-Since", `DATE`}, 200},
	"match":                         {[]string{"If-Match", `ETAG`}, 200},
	"match any":                     {[]string{"If-Match", `*`}, 200},
	"match another":                 {[]string{"If-Match", `"x"`}, 412},
	"match a weak one":              {[]string{"If-Match", `W/ETAG`}, 412},
	"match, and none match":         {[]string{"If-Match", `ETAG`, "If-None-Match", `ETAG`}, 304},
	"unmodified":                    {[]string{"If-Unmodified-Since", `DATE`}, 200},
	"unmodified before":             {[]string{"If-Unmodified-Since", `Sun, 01 Dec 2024 00:00:00 GMT`}, 412},
	"match beats unmodified":        {[]string{"If-Match", `ETAG`, "If-Unmodified-Since", `Sun, 01 Dec 2024 00:00:00 GMT`}, 200},
}

// Every condition over every format and coding, by GET and HEAD: the status, the
// header fields of each, and that HEAD says what GET does.
func TestConditionsOverFormatsAndCodings(t *testing.T) {
	h := newSite(t).Handler()
	for _, path := range []string{"/", "/syria.rss", "/syria.atom", "/syria.json", "/syria/", "/feeds.opml"} {
		for coding, accept := range asks {
			whole := ask(h, path, "Accept-Encoding", accept)
			for name, c := range conditions {
				header := []string{"Accept-Encoding", accept}
				for _, s := range c.header {
					s = strings.ReplaceAll(s, "ETAG", whole.Header.Get("ETag"))
					header = append(header, strings.ReplaceAll(s, "DATE", whole.Header.Get("Last-Modified")))
				}
				got := ask(h, path, header...)
				at := fmt.Sprintf("%s in %q, %s", path, coding, name)
				if got.StatusCode != c.want {
					t.Errorf("%s: %d, want %d", at, got.StatusCode, c.want)
				}
				checkFields(t, at, got, whole)
				head := askBy(h, http.MethodHead, path, header...)
				if head.StatusCode != got.StatusCode || !maps.EqualFunc(head.Header, got.Header, slices.Equal) {
					t.Errorf("%s: HEAD %d %v, GET %d %v", at, head.StatusCode, head.Header, got.StatusCode, got.Header)
				}
			}
		}
	}
}

// checkFields asks of an answer what RFC 9110 wants with its status, given the 200
// of the same representation.
func checkFields(t *testing.T, at string, got, whole *http.Response) {
	t.Helper()
	n := len(body(t, got))
	always := []string{"Vary", "Access-Control-Allow-Origin", "Cache-Control"}
	same := append(always, "ETag")
	var absent []string
	switch got.StatusCode {
	case http.StatusOK:
		same = append(same, "Content-Type", "Content-Length", "Content-Encoding", "Last-Modified", "Content-Security-Policy", "X-Content-Type-Options")
		if got.Header.Get("Content-Length") != fmt.Sprint(n) {
			t.Errorf("%s: %d bytes, Content-Length %s", at, n, got.Header.Get("Content-Length"))
		}
	case http.StatusNotModified: // 15.4.5
		absent = []string{"Content-Type", "Content-Length", "Content-Encoding", "Last-Modified"}
	default:
		same, absent = always, []string{"ETag", "Content-Encoding", "Last-Modified"}
	}
	for _, name := range same {
		if got.Header.Get(name) != whole.Header.Get(name) || whole.Header.Get(name) == "" && name != "Content-Encoding" {
			t.Errorf("%s: %s %q, of the whole %q", at, name, got.Header.Get(name), whole.Header.Get(name))
		}
	}
	for _, name := range absent {
		if v, ok := got.Header[http.CanonicalHeaderKey(name)]; ok {
			t.Errorf("%s: a %d with %s %q", at, got.StatusCode, name, v)
		}
	}
	if got.StatusCode == http.StatusNotModified && n > 0 {
		t.Errorf("%s: a 304 with a body", at)
	}
}

// Parts are of the document as it is, whatever codings the reader takes.
func TestPartsOfADocument(t *testing.T) {
	h := newSite(t).Handler()
	whole := ask(h, "/syria.atom")
	want := body(t, whole)
	etag := whole.Header.Get("ETag")
	zipped := ask(h, "/syria.atom", "Accept-Encoding", "gzip").Header.Get("ETag")
	for name, row := range map[string]struct {
		header []string
		status int
		body   string
	}{
		"the first bytes":                {[]string{"Range", "bytes=0-99"}, 206, string(want[:100])},
		"the last bytes":                 {[]string{"Range", "bytes=-10"}, 206, string(want[len(want)-10:])},
		"with a coding":                  {[]string{"Range", "bytes=0-99", "Accept-Encoding", "gzip, br"}, 206, string(want[:100])},
		"if it is still that":            {[]string{"Range", "bytes=0-99", "If-Range", etag}, 206, string(want[:100])},
		"if it is still another":         {[]string{"Range", "bytes=0-99", "If-Range", `"x"`}, 200, string(want)},
		"if it is still the encoded one": {[]string{"Range", "bytes=0-99", "If-Range", zipped}, 200, string(want)},
		"known already":                  {[]string{"Range", "bytes=0-99", "If-None-Match", etag}, 304, ""},
		"behind the end":                 {[]string{"Range", "bytes=9999999-"}, 416, "invalid range: failed to overlap\n"},
		"in a unit that nobody has":      {[]string{"Range", "lines=0-9"}, 416, "invalid range\n"},
		"of what has changed (If-Match)": {[]string{"Range", "bytes=0-9", "If-Match", `"x"`}, 412, "not what the condition asks for\n"},
	} {
		resp := ask(h, "/syria.atom", row.header...)
		got := string(body(t, resp))
		if resp.StatusCode != row.status || got != row.body || resp.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: %d, %d bytes, %v", name, resp.StatusCode, len(got), resp.Header)
		}
		if n := resp.Header.Get("Content-Length"); row.status == 206 && n != fmt.Sprint(len(row.body)) {
			t.Errorf("%s: Content-Length %s of %d", name, n, len(row.body))
		}
	}
}

// Scripts of any site may read documents, and ask with conditions.
func TestScriptsOfAnySiteMayRead(t *testing.T) {
	h := newSite(t).Handler()
	for _, path := range []string{"/", "/syria.rss", "/syria/", "/nothing.rss", "/old.rss"} {
		resp := ask(h, path, "Origin", "https://reader.example")
		exposed := resp.Header.Get("Access-Control-Expose-Headers")
		if resp.Header.Get("Access-Control-Allow-Origin") != "*" || resp.StatusCode == http.StatusOK && !strings.Contains(exposed, "ETag") {
			t.Errorf("%s: %d %v", path, resp.StatusCode, resp.Header)
		}
		pre := askBy(h, http.MethodOptions, path, "Origin", "https://reader.example", "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "if-none-match")
		if pre.StatusCode != http.StatusNoContent || pre.Header.Get("Access-Control-Allow-Origin") != "*" ||
			!strings.Contains(pre.Header.Get("Access-Control-Allow-Headers"), "If-None-Match") || !strings.Contains(pre.Header.Get("Access-Control-Allow-Methods"), "GET") {
			t.Errorf("OPTIONS %s: %d %v", path, pre.StatusCode, pre.Header)
		}
	}
}

func TestOtherMethodsAreNotAllowed(t *testing.T) {
	h := newSite(t).Handler()
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, "PROPFIND"} {
		for _, path := range []string{"/", "/syria.rss", "/syria/", "/nothing.rss", "/status", "/healthz"} {
			resp := askBy(h, method, path)
			allow := resp.Header.Get("Allow")
			if resp.StatusCode != http.StatusMethodNotAllowed || !strings.Contains(allow, "GET") || !strings.Contains(allow, "HEAD") || strings.Contains(allow, method) {
				t.Errorf("%s %s: %d, Allow %q", method, path, resp.StatusCode, allow)
			}
			if resp.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s %s: unguarded", method, path)
			}
		}
	}
}
