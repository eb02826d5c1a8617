package aggregator

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/clean"
	"github.com/wiredesk/wiredesk/feeds/fetch"
)

// Read turns the bytes of a document into a clean feed, as the first poll of a
// source does.
func Read(body []byte, meta feeds.Meta) (*feeds.Feed, error) {
	feed, err := feeds.Parse(body, meta, feeds.Known{})
	if err != nil {
		return nil, err
	}
	clean.Feed(feed, clean.Options{Base: meta.URL})
	return feed, nil
}

// MetaOf is what an answer says about its document.
func MetaOf(r *fetch.Response) feeds.Meta {
	return feeds.Meta{URL: r.URL, Location: r.ContentLocation, ContentType: r.ContentType, Language: r.ContentLanguage}
}

// read makes a batch of a whole document, the answer to asked.
func (p *Poller) read(ctx context.Context, plan *Plan, src *config.Source, st State, asked fetch.Request, resp *fetch.Response) (Batch, error) {
	if resp.Same {
		return unchanged(plan, src, st, asked, resp, p.now()), nil
	}
	reader := plan.reader(src)
	sum := sumBody(reader, resp.Body)
	mem, err := p.Store.Memory(ctx, src.ID)
	if err != nil {
		return Batch{}, err
	}
	doc, err := p.parse(src, plan.rules, MetaOf(resp), resp.Body, known(st, reader, mem), mem)
	if err != nil {
		return Batch{}, err
	}
	trusted := !st.LooseGuids
	keys, seen, err := p.identify(ctx, &st, doc.Items)
	if err != nil {
		return Batch{}, err
	}
	// Who is who, and what to call them without guids, takes the whole document to say.
	if trusted && st.LooseGuids || clash(keys, seen, doc.Skipped, mem) {
		if doc, err = p.parse(src, plan.rules, MetaOf(resp), resp.Body, feeds.Known{}, mem); err != nil {
			return Batch{}, err
		}
		if keys, seen, err = p.identify(ctx, &st, doc.Items); err != nil {
			return Batch{}, err
		}
	}
	feed := doc.Feed
	unsure(feed.Items, keys, seen)
	b := compare(src, feed, keys, seen, p.now())
	b.Left = left(keys, feed.Skipped, mem)
	if !bytes.Equal(doc.habits, mem.Habits) {
		b.Habits = doc.habits
	}
	if b.Gone, err = p.gone(ctx, &st, feed); err != nil {
		return Batch{}, err
	}
	p.pages(ctx, src, plan.rules, b.Records)
	whole := len(mem.Keys) > 0 && trusted == !st.LooseGuids && st.URL == src.URL
	b.State = answered(st, src, asked, resp, p.now())
	b.State.Sum, b.State.Reader, b.State.Context = sum, reader, feed.Context
	b.State.Feed = about(feed, resp)
	b.State.Last = b.tally(feed)
	b.State.Wrong304 = caught(&st, asked, b.Records, p.now())
	b.State.learn(feed, whole, p.now())
	b.State.NextPoll = plan.nextPoll(src, good(b.State, resp), p.now())
	return b, nil
}

// identify gives items their keys and asks what the store knows of them.
func (p *Poller) identify(ctx context.Context, st *State, items []feeds.Item) ([][]string, map[string]Seen, error) {
	st.LooseGuids = st.LooseGuids || looseGuids(items)
	keys := identify(items, st.LooseGuids)
	seen, err := p.seen(ctx, st.Source, keys)
	return keys, seen, err
}

// gone finds the records that a document takes back. An item passed over because
// its bytes are known is still in the document: it stands.
func (p *Poller) gone(ctx context.Context, st *State, feed *feeds.Feed) (records []int64, err error) {
	if len(feed.Gone) == 0 || st.LooseGuids {
		return nil, nil
	}
	keys := make([][]string, len(feed.Gone))
	for i, id := range feed.Gone {
		keys[i] = []string{key("g:", id)}
	}
	seen, err := p.seen(ctx, st.Source, keys)
	if err != nil {
		return nil, err
	}
	for _, ks := range keys {
		if was := seen[ks[0]]; was.Record != 0 && !slices.Contains(feed.Skipped, was.Raw) {
			records = append(records, was.Record)
		}
	}
	return records, nil
}

// sumBody sums a document with the version of what reads it: XXH64, since most polls
// do nothing else with a document that comes unchanged, and whoever makes two of one
// sum keeps his own news from us and nobody else's.
func sumBody(reader string, body []byte) []byte {
	h := xxhash.New()
	fmt.Fprintf(h, "%s\n%d\n", reader, len(body))
	h.Write(body)
	return h.Sum(nil)
}

// A document is a feed that was read, without the items that hold nothing.
type document struct {
	*feeds.Feed
	habits []byte // of its source from now on
}

func (p *Poller) parse(src *config.Source, rules *clean.Rules, meta feeds.Meta, body []byte, known feeds.Known, mem Memory) (document, error) {
	var old clean.Habits
	if err := old.UnmarshalBinary(mem.Habits); err != nil {
		p.Log.Warn("stored habits cannot be read; they are learnt anew", "source", src.ID, "err", err)
	}
	feed, err := feeds.Parse(body, meta, known)
	if err != nil {
		return document{}, err
	}
	habits := clean.Feed(feed, clean.Options{Base: meta.URL, Lang: src.Lang, Rules: rules, Habits: &old})
	now, err := habits.MarshalBinary()
	dropEmpty(feed)
	return document{feed, now}, err
}

// dropEmpty takes out items that carry nothing to keep, and counts them.
func dropEmpty(f *feeds.Feed) {
	whole := len(f.Items)
	f.Items = slices.DeleteFunc(f.Items, func(it feeds.Item) bool { return it.Empty() })
	f.Invalid += whole - len(f.Items)
}

func (p *Poller) seen(ctx context.Context, source string, keys [][]string) (map[string]Seen, error) {
	var all []string
	for _, ks := range keys {
		all = append(all, ks...)
	}
	known, err := p.Store.Seen(ctx, source, all)
	if err != nil {
		return nil, err
	}
	seen := make(map[string]Seen, len(known))
	for _, k := range known {
		seen[k.Key] = k
	}
	return seen, nil
}

// compare finds the records to save: what is new, and what has another text.
func compare(src *config.Source, feed *feeds.Feed, keys [][]string, seen map[string]Seen, now time.Time) Batch {
	s := sortItems(feed.Items, keys, seen)
	b := Batch{At: now, Keys: s.keys}
	// A document lists its newest item first: filed from the end, items come
	// in the order they were published.
	for n := len(s.fresh) - 1; n >= 0; n-- {
		i := s.fresh[n]
		b.Records = append(b.Records, record(src, &feed.Items[i], keys[i], now))
	}
	for i := range feed.Items {
		if id, ok := s.again[i]; ok {
			r := record(src, &feed.Items[i], keys[i], now)
			r.ID = id
			b.Records = append(b.Records, r)
		}
	}
	return b
}

// record makes a stored item. A date in the future would stand at the top for
// ever, and none would move with every poll: both become the minute in which it
// was first seen, once; within it, no poll is earlier than another.
func record(src *config.Source, it *feeds.Item, keys []string, now time.Time) Record {
	published := it.Published
	if published.IsZero() {
		published = it.Updated
	}
	if minute := now.Truncate(time.Minute); published.IsZero() || published.After(minute) {
		published = minute
	}
	r := Record{
		Source: src.ID, Key: keys[0], Keys: keys, Sum: sumOf(it), Rev: 1, Item: *it,
		Published: published.UTC(), FirstSeen: now, Changed: now, Note: correction(it.Text),
	}
	if r.Note != "" {
		r.NoteRev = 1
	}
	return r
}

// tally closes the poll's ledger.
func (b *Batch) tally(feed *feeds.Feed) Tally {
	t := Tally{Fetched: len(feed.Items) + len(feed.Skipped) + feed.Invalid + feed.Over, Invalid: feed.Invalid, Over: feed.Over}
	for i := range b.Records {
		if b.Records[i].ID == 0 {
			t.New++
		} else {
			t.Changed++
		}
	}
	t.Known = len(feed.Items) + len(feed.Skipped) - t.New - t.Changed
	return t
}
