package aggregator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/clean"
	"github.com/wiredesk/wiredesk/feeds/fetch"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// Bounds of the pages that one poll asks for.
const (
	maxPages   = 10
	pagesLimit = time.Minute // for all of them, with the wait for their hosts' turn
)

// pages gives records the full text of their pages, where the publisher permits
// it and the feed says only part. It comes after everything that compares items:
// Sum and Keys stay those of what the feed said, or else every poll would find a
// revision. So a page is asked for once a revision, whatever comes of it: at the
// next poll its item is known.
//
// The newest come first. What goes wrong is logged, and the item keeps the text
// of its feed; so do those over the bounds, for good. An item whose page is gone
// (410) has been withdrawn. A host that asks for less
// (429, 503) ends it for this poll.
func (p *Poller) pages(ctx context.Context, src *config.Source, rules *clean.Rules, records []Record) {
	if src.Content != "full" || src.Allowed == "" {
		return
	}
	within, cancel := context.WithTimeout(ctx, pagesLimit)
	defer cancel()
	asked, left, tired := 0, 0, false
	for i := range slices.Backward(records) {
		it := &records[i].Item
		switch {
		case it.Link == "" || !clean.Partial(it):
			continue
		case asked == maxPages || tired || within.Err() != nil:
			left++
			continue
		}
		asked++
		article, err := p.article(within, it, rules)
		if ctx.Err() != nil {
			return // shutdown: the batch is not saved
		}
		if isGone(err) {
			records[i].Withdrawn = p.now()
		}
		if err != nil {
			p.Log.Info("no full text", "source", src.ID, "link", fetch.Redact(it.Link), "err", err)
			tired = wantsLess(err)
			continue
		}
		it.Content, it.Text = article, clean.Text(article)
		it.Words = words.Count(it.Text)
	}
	if left > 0 {
		p.Log.Info("pages not asked for", "source", src.ID, "asked", asked, "left", left)
	}
}

// article is the text of an item's page as clean HTML. A panic on the way costs
// the item its full text, and the poll nothing.
func (p *Poller) article(ctx context.Context, it *feeds.Item, rules *clean.Rules) (article string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a defect of wiredesk, please report it: panic: %v", r)
		}
	}()
	resp, err := p.Client.Page(ctx, it.Link)
	if err != nil {
		return "", err
	}
	article, err = clean.Page(resp.Body, MetaOf(resp), rules)
	if err != nil {
		return "", err
	}
	return article, fuller(it, clean.Text(article))
}

// isGone says whether a publisher has taken a page down for good (RFC 9110, 15.5.11).
func isGone(err error) bool {
	var status *fetch.StatusError
	return errors.As(err, &status) && status.Code == http.StatusGone
}

// wantsLess says whether a host has asked us to slow down.
func wantsLess(err error) bool {
	var status *fetch.StatusError
	return errors.As(err, &status) && (status.Code == http.StatusTooManyRequests || status.Code == http.StatusServiceUnavailable)
}

// fuller is an error unless text, found on an item's page, tells the item and
// more of it than its feed does. A consent form, a login or the front page that
// stands where an article was would be published in the publisher's name.
func fuller(it *feeds.Item, text string) error {
	page := words.Split(text)
	if len(page) <= it.Words {
		return errors.New("the page says no more than the feed")
	}
	on := make(map[string]bool, len(page))
	for _, w := range page {
		on[w.Fold] = true
	}
	all, shared := 0, 0
	for w := range subjectWords(it) {
		all++
		if on[w] {
			shared++
		}
	}
	if shared*3 < all {
		return errors.New("the page tells something else than the feed")
	}
	return nil
}

// subjectWords are the words of an item that tell what it is about: those of four
// letters or more, since the shorter ones stand on every page. In scripts that
// write no spaces, all.
func subjectWords(it *feeds.Item) map[string]bool {
	own := map[string]bool{}
	for _, w := range words.Split(it.Title + "\n" + it.Text) {
		if r, _ := utf8.DecodeRuneInString(w.Fold); r >= 0x2e80 || utf8.RuneCountInString(w.Fold) >= 4 {
			own[w.Fold] = true
		}
	}
	return own
}
