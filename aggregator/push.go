package aggregator

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/fetch"
)

// ErrNoFeed is a pushed document that cannot be read: sending it again is no use.
var ErrNoFeed = errors.New("what was sent is no feed")

// Push reads a document that was sent to us and saves its items as a poll would.
// It often holds the new items only. So what is not in it has not left its feed,
// and the state of the source stays that of its polls: validators, next poll,
// ledger. A push beside a poll of the same source is safe: the store knows items
// by their keys.
func (p *Poller) Push(ctx context.Context, source string, resp *fetch.Response) (err error) {
	defer func() {
		if r := recover(); r != nil {
			p.Log.Error("panic in a push", "source", source, "err", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("a defect of wiredesk, please report it: panic: %v", r)
		}
	}()
	plan := p.Plan()
	src := plan.Source(source)
	if src == nil {
		return errors.New("no such source")
	}
	b, err := p.pushed(ctx, plan, src, resp)
	if err != nil {
		return err
	}
	if len(b.Records)+len(b.Keys)+len(b.Gone) == 0 {
		return nil
	}
	if err := p.Store.Save(ctx, b); err != nil {
		return err
	}
	if p.Saved != nil && len(b.Records) > 0 {
		p.Saved()
	}
	p.Log.Info("push", "source", source, "items", len(b.Records))
	return nil
}

// pushed makes a batch of a document that was sent.
func (p *Poller) pushed(ctx context.Context, plan *Plan, src *config.Source, resp *fetch.Response) (Batch, error) {
	mem, err := p.Store.Memory(ctx, src.ID)
	if err != nil {
		return Batch{}, err
	}
	doc, err := p.parse(src, plan.rules, MetaOf(resp), resp.Body, feeds.Known{}, mem)
	if err != nil {
		return Batch{}, fmt.Errorf("%w: %w", ErrNoFeed, err)
	}
	for i := range doc.Items {
		doc.Items[i].Raw = feeds.Sum{} // what its feed has is read once more
	}
	st := State{Source: src.ID, LooseGuids: loose(mem)}
	keys, seen, err := p.identify(ctx, &st, doc.Items)
	if err != nil {
		return Batch{}, err
	}
	b := compare(src, doc.Feed, keys, seen, p.Now())
	if b.Gone, err = p.gone(ctx, &st, doc.Feed); err != nil {
		return Batch{}, err
	}
	p.pages(ctx, src, plan.rules, b.Records)
	b.State, b.Pushed = State{Source: src.ID}, true
	return b, nil
}

// loose says whether polls have found that guids of a source are no identity: no
// item of its last document goes by one.
func loose(mem Memory) bool {
	byGuid := func(k Seen) bool { return strings.HasPrefix(k.Key, "g:") }
	return len(mem.Keys) > 0 && !slices.ContainsFunc(mem.Keys, byGuid)
}
