package web

import (
	"net/http"
	"strings"
	"time"
)

// judge weighs the conditions of a GET or a HEAD in the order of RFC 9110, 13.2.2:
// 200 when the document is to be sent, 304 when the reader has it, 412 when it
// is not what the reader asked for. A zero modified is of a document without a
// date. Dates that cannot be read are no conditions (13.1.3 and 13.1.4).
func judge(h http.Header, etag string, modified time.Time) int {
	if lines := h["If-Match"]; lines != nil {
		if !lists(lines, etag, false) {
			return http.StatusPreconditionFailed
		}
	} else if since, ok := date(h["If-Unmodified-Since"], modified); ok && modified.After(since) {
		return http.StatusPreconditionFailed
	}
	if lines := h["If-None-Match"]; lines != nil {
		if lists(lines, etag, true) {
			return http.StatusNotModified
		}
	} else if since, ok := date(h["If-Modified-Since"], modified); ok && !modified.After(since) {
		return http.StatusNotModified
	}
	return http.StatusOK
}

// date reads the date of a condition.
func date(lines []string, modified time.Time) (time.Time, bool) {
	if len(lines) != 1 || modified.IsZero() {
		return time.Time{}, false
	}
	t, err := http.ParseTime(lines[0])
	return t, err == nil
}

// lists says whether the lines of a condition list an entity tag, or any (*). A
// weak tag (W/"x") stands for a strong one where that is enough (RFC 9110,
// 8.8.3.2). A list counts as far as it can be read.
func lists(lines []string, etag string, weak bool) bool {
	for _, line := range lines {
		if line == etag || strings.Trim(line, " \t") == "*" {
			return true
		}
		for rest := line; rest != ""; {
			rest = strings.TrimLeft(rest, ", \t")
			tag, isWeak := strings.CutPrefix(rest, "W/")
			if tag == "" || tag[0] != '"' {
				break
			}
			end := strings.IndexByte(tag[1:], '"') + 2
			if end == 1 {
				break // a tag without an end
			}
			if tag[:end] == etag && (weak || !isWeak) {
				return true
			}
			rest = tag[end:]
		}
	}
	return false
}
