// Package aggregator holds the nouns of wiredesk and the work on them: a Poller
// fetches what is due and saves what it found, a Desk files what was saved into
// stories and entries, a Press prints editions from entries. Each asks for the
// few store methods it needs; *store.DB satisfies them all.
//
//	plan, errs := aggregator.Compile(cfg)                   // a config, ready to run
//	poller := &aggregator.Poller{Store: db, Client: client, Plan: plans.Load, Log: log}
//	desk := &aggregator.Desk{Store: db, Plan: plans.Load, Log: log}
//	tally, err := poller.Once(ctx)                          // everything due, once
//	round, err := desk.File(ctx)                            // everything waiting
//	doc, err := press.Print(ctx, "syria", feeds.Atom)       // bytes, media type, ETag
//
// Deciding and doing are apart: what the poller, the desk and the press decide
// are pure functions of values (identify.go, next.go, layout.go, compose.go);
// only Poller, Desk and Press touch clock, network and store.
package aggregator
