package main

import (
	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/story"
	"github.com/wiredesk/wiredesk/aggregator/topic"
)

// An explanation is one item as `why --json` prints it.
type explanation struct {
	Item    int64              `json:"item"`
	Source  string             `json:"source"`
	Title   string             `json:"title"`
	Link    string             `json:"link"`
	Lang    string             `json:"lang"`
	Rev     int                `json:"rev"`
	Filed   bool               `json:"filed"`             // the desk has decided on this revision and obeyed all orders
	Earlier bool               `json:"earlier,omitempty"` // it did so by another config than this
	Matches []topic.Match      `json:"matches"`
	Story   int64              `json:"story"`
	CopyOf  int64              `json:"copy_of"`
	Rule    string             `json:"rule"`
	Near    string             `json:"near,omitempty"`  // the story that it just does not tell
	Links   []story.Link       `json:"links,omitempty"` // stories in other languages that tell the same
	Aside   string             `json:"aside,omitempty"` // why no entry shows it, or not yet
	Entries []aggregator.Entry `json:"entries"`
	Retired []string           `json:"retired,omitempty"` // editions of entries that the config has no more
	Orders  []aggregator.Order `json:"orders"`            // by hand, oldest first; blocks of whatever kind among them
	Blocked *aggregator.Order  `json:"blocked,omitempty"` // the order that blocks it: then nothing is said of it

	Revisions []aggregator.Revision `json:"revisions"` // what its publisher changed, oldest first
}

// list makes empty lists of those that are none, so that JSON has [] and not null.
func (e *explanation) list() {
	if e.Matches == nil {
		e.Matches = []topic.Match{}
	}
	if e.Entries == nil {
		e.Entries = []aggregator.Entry{}
	}
	if e.Orders == nil {
		e.Orders = []aggregator.Order{}
	}
	if e.Revisions == nil {
		e.Revisions = []aggregator.Revision{}
	}
}
