package store

import (
	"encoding/json"
	"net/http"
	"testing"

	"pgregory.net/rapid"

	"github.com/wiredesk/wiredesk/aggregator"
)

// What is seen without reading a stored state is what State.Readdressed says of the
// whole of it, whatever its texts hold.
func TestAStoredStateIsReaddressedAsTheWholeOfItIs(t *testing.T) {
	addresses := []string{
		"", "https://a.example/feed", "https://a.example/feed?a=1&b=2", "https://a.example/feed?a=1", "https://b.example/feed",
		`https://a.example/"URL":`, `https://a.example/<>\`, "https://a.example/ü\u2028",
	}
	texts := append([]string{`"URL":"https://a.example/feed"`, `\"URL\":`, `{"URL":"https://b.example/feed","Status":429}`}, addresses...)
	rapid.Check(t, func(t *rapid.T) {
		address := rapid.SampledFrom(addresses)
		text := rapid.SampledFrom(texts)
		st := aggregator.State{
			Source: "a", URL: address.Draw(t, "known"), ETag: text.Draw(t, "etag"), Error: text.Draw(t, "error"),
			Status: rapid.SampledFrom([]int{0, http.StatusOK, http.StatusTooManyRequests, http.StatusServiceUnavailable}).Draw(t, "status"),
			Feed:   aggregator.About{Title: text.Draw(t, "title"), Link: address.Draw(t, "link")},
			Move:   aggregator.Move{To: address.Draw(t, "to")},
		}
		doc, err := json.Marshal(&st)
		if err != nil {
			t.Fatal(err)
		}
		var whole aggregator.State
		if err := json.Unmarshal(doc, &whole); err != nil {
			t.Fatal(err)
		}
		now := address.Draw(t, "now")
		got, err := readdressed(doc, now)
		if want := whole.Readdressed(now); err != nil || got != want {
			t.Errorf("%s: now at %q: %v, %v, want %v", doc, now, got, err, want)
		}
	})
	if _, err := readdressed([]byte(`{"URL":"https://a.example/feed"`), "https://b.example/feed"); err == nil {
		t.Error("a damaged state of another address is read")
	}
}
