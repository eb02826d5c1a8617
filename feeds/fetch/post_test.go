package fetch

import (
	"errors"
	"net/http"
	"net/url"
	"testing"
	"time"
)

func TestAFormIsPostedOnceAndNotElsewhere(t *testing.T) {
	asked := 0
	code := http.StatusAccepted
	c := asking(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.Method != http.MethodPost || r.FormValue("hub.topic") != "a&b" || r.Header.Get("Authorization") != "" || r.UserAgent() == "" {
			t.Errorf("%s %v %v", r.Method, r.Form, r.Header)
		}
		w.Header().Set("Location", "https://other.example/")
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(code)
	})
	form := url.Values{"hub.topic": {"a&b"}}
	if err := c.Post(t.Context(), "https://me:hush@hub.example/", form); err != nil {
		t.Error(err)
	}
	code = http.StatusTemporaryRedirect
	var status *StatusError
	if err := c.Post(t.Context(), "https://hub.example/", form); !errors.As(err, &status) || status.Code != code || status.RetryAfter != time.Minute {
		t.Error(err)
	}
	if asked != 2 {
		t.Error(asked)
	}
	if err := c.Post(t.Context(), "ftp://hub.example/", form); err == nil {
		t.Error("posted by ftp")
	}
}

func TestAFormIsGuarded(t *testing.T) {
	if err := newClient(t, Options{}).Post(t.Context(), "http://127.0.0.1:1/", nil); !errors.Is(err, ErrForbidden) {
		t.Error(err)
	}
}

func TestLinkHeaders(t *testing.T) {
	for want, lines := range map[string][]string{
		"https://hub.example/":      {`<https://one.example/feed>; rel="self"`, `<https://hub.example/>; rel="hub"`},
		"https://hub.example/a,b;c": {`<https://one.example/>; rel=self, <https://hub.example/a,b;c>; title="x"; REL="Preload hub"`},
		"/hub":                      {`<>; rel=self,</hub>;rel=hub`, `<https://second.example/>; rel=hub`},
		"":                          {`<https://hub.example/>; rel="hubs"`, `https://hub.example/; rel=hub`, `<https://hub.example/`, ``, `<a>; title="rel=hub"`},
	} {
		if got := Linked(http.Header{"Link": lines}, "hub"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
