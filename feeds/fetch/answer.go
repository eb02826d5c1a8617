package fetch

import (
	"bytes"
	"errors"
	"html"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// answer reads what is no redirect. Only a whole document and a 304 to our
// validators come back as a Response; all else must change nothing (DESIGN 9).
func answer(resp *http.Response, body io.Reader, t *trip) (*Response, error) {
	h, now := resp.Header, time.Now()
	wait, capped := retryAfter(h, now)
	r := &Response{
		URL:             t.at.String(),
		Status:          resp.StatusCode,
		ETag:            h.Get("ETag"),
		LastModified:    h.Get("Last-Modified"),
		ContentType:     h.Get("Content-Type"),
		ContentLanguage: h.Get("Content-Language"),
		ContentLocation: h.Get("Content-Location"),
		Hub:             Linked(h, "hub"),
		Self:            Linked(h, "self"),
		MaxAge:          Freshness(h, now),
		RetryAfter:      wait,
	}
	// 203 is a document that a proxy has worked on. 206 was not asked for, 204
	// and 205 have none, 202 is what firewalls say while they make up their mind.
	conditional := t.asked.ETag != "" || t.asked.LastModified != ""
	switch {
	case resp.StatusCode == http.StatusNotModified && conditional:
		confirm(r, t.asked)
		return r, ErrNotModified
	case resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusNonAuthoritativeInfo:
		e := status(resp, body, wait)
		e.Capped = capped
		return nil, e
	}
	if err := t.want.takes(r.ContentType); err != nil {
		return nil, err
	}
	b := buffers.Get().(*bytes.Buffer)
	defer giveBack(b)
	whole, err := t.want.read(b, resp, body)
	if err != nil {
		return nil, err
	}
	if start := whole[:min(len(whole), enough)]; isPage(r.ContentType, start) && challenged(h, string(start)) {
		return nil, &StatusError{Code: resp.StatusCode, RetryAfter: wait, Capped: capped, Challenge: true}
	}
	if r.Same = t.asked.Same != nil && t.asked.Same(whole); !r.Same {
		r.Body = bytes.Clone(whole)
	}
	// Kept as a pair or not at all: half of one could confirm another document.
	if !sendable(r.ETag) || !sendable(r.LastModified) {
		r.ETag, r.LastModified = "", ""
	}
	return r, nil
}

// read reads a body within the limit into b, to which its bytes belong.
func (w want) read(b *bytes.Buffer, resp *http.Response, body io.Reader) ([]byte, error) {
	if resp.ContentLength > w.limit && !w.cut {
		return nil, tooLarge("the body", w.limit) // whatever its coding: none makes it smaller
	}
	err := fill(b, body, resp.Header, w.limit)
	if w.cut && errors.Is(err, ErrTooLarge) {
		return b.Bytes()[:bytes.LastIndexAny(b.Bytes(), "\r\n")+1], nil // half a line may say the opposite of the whole
	}
	return b.Bytes(), err
}

// confirm fills in what a 304 need not repeat (RFC 9110, 15.4.5; Apache leaves
// out Last-Modified): what it does not contradict is the pair we asked with.
func confirm(r *Response, asked Request) {
	sameTag := r.ETag == "" || r.ETag == asked.ETag
	sameDate := r.LastModified == "" || r.LastModified == asked.LastModified
	if sameTag && sameDate {
		r.ETag, r.LastModified = asked.ETag, asked.LastModified
	}
}

// status reads an answer without a document. A 304 to a request without
// validators is one too: it confirms nothing that we have.
func status(resp *http.Response, body io.Reader, wait time.Duration) *StatusError {
	start, _ := read(io.LimitReader(body, enough), resp.Header, enough) // as much as came
	return &StatusError{
		Code:       resp.StatusCode,
		RetryAfter: wait,
		Snippet:    snippet(string(start)),
		Challenge:  challenged(resp.Header, string(start)),
	}
}

// enough of a page to tell what it is, in bytes.
const enough = 8 << 10

// challenges are what stands in the pages by which firewalls let a browser prove
// itself: Cloudflare, Imperva, DDoS-Guard, SiteGround, DataDome, PerimeterX, Anubis.
var challenges = []string{
	"/cdn-cgi/challenge-platform/", "_cf_chl_opt", "_Incapsula_Resource", "ddos-guard/js-challenge",
	"/.well-known/sgcaptcha/", "captcha-delivery.com", "px-captcha", "/.within.website/x/cmd/anubis/",
}

// challenged says whether a firewall wants a browser to prove itself, as the
// firewalls of Cloudflare and AWS say in a header and others in their page.
func challenged(h http.Header, page string) bool {
	if strings.EqualFold(h.Get("Cf-Mitigated"), "challenge") {
		return true
	}
	switch strings.ToLower(h.Get("X-Amzn-Waf-Action")) {
	case "challenge", "captcha":
		return true
	}
	return slices.ContainsFunc(challenges, func(mark string) bool { return strings.Contains(page, mark) })
}

// isPage says whether a document (200) is an HTML page by what it begins with: a
// feed may quote the marks of a challenge, and be sent as text/html.
func isPage(contentType string, start []byte) bool {
	if !strings.Contains(strings.ToLower(contentType), "html") {
		return false
	}
	s := asciiLower(string(bytes.TrimLeft(start, "\ufeff \t\r\n")))
	return strings.HasPrefix(s, "<!doctype html") || strings.HasPrefix(s, "<html") || strings.HasPrefix(s, "<head")
}

// snippet is what a person reads of an error page: its first 200 characters
// without tags, scripts and styles.
func snippet(page string) string {
	var b strings.Builder
	lower := asciiLower(page)
	for at := 0; at < len(page); {
		tag := strings.IndexByte(page[at:], '<')
		if tag < 0 {
			b.WriteString(page[at:])
			break
		}
		b.WriteString(page[at : at+tag])
		b.WriteByte(' ')
		at += tag + 1
		at += tagLength(lower[at:])
	}
	// Unescape after the tags are gone and before printable looks: an escaped
	// control character is one.
	text := html.UnescapeString(b.String())
	return printable(strings.Join(strings.Fields(text), " "), 200)
}

// tagLength is the length of the tag at the start of s, up to its ">", and of
// the hidden text that the tag opens.
func tagLength(s string) int {
	hidden := 0
	for _, kind := range [][2]string{{"script", "</script"}, {"style", "</style"}, {"!--", "--"}} {
		if rest, ok := strings.CutPrefix(s, kind[0]); ok {
			end := strings.Index(rest, kind[1])
			if end < 0 {
				return len(s)
			}
			hidden = len(kind[0]) + end
		}
	}
	end := strings.IndexByte(s[hidden:], '>')
	if end < 0 {
		return len(s)
	}
	return hidden + end + 1
}

// asciiLower keeps the length, which strings.ToLower does not.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
