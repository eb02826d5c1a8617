package main

import (
	"context"

	"github.com/wiredesk/wiredesk/aggregator"
)

// rename brings the store under the ids of a plan, and answers the plan as it
// runs there. The plan must be put in force at once.
func (n *newsroom) rename(ctx context.Context, plan *aggregator.Plan) (*aggregator.Plan, error) {
	names, done, err := n.db.Rename(ctx, plan.Callings())
	if err != nil {
		return nil, err
	}
	for _, m := range done.Moves {
		if m.Kind != aggregator.TopicID { // of a topic nobody knows whether it was there
			n.log.Info("renamed", "kind", m.Kind, "from", m.From, "to", m.To)
		}
	}
	for _, m := range done.Apart {
		n.log.Warn("not renamed: what is stored under the new id came first, and the old one's stays apart", "kind", m.Kind, "from", m.From, "to", m.To)
	}
	return plan.Under(names), nil
}

// enlist makes the store ready for a plan that is to be put in force. Renaming
// comes last: after it nothing may fail.
func (n *newsroom) enlist(ctx context.Context, plan *aggregator.Plan) (*aggregator.Plan, error) {
	if err := n.spread(ctx, plan); err != nil {
		return plan, err
	}
	next, err := n.rename(ctx, plan)
	if err != nil {
		return plan, err
	}
	return next, nil
}
