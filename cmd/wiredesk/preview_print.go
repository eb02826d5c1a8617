package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/topic"
)

// previewShown is how many items of a list are printed; --json has all.
const previewShown = 50

func printPreview(w io.Writer, r previewReport, since string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "topic %s: %s of the last %s looked at\n", r.Topic, count(r.Looked, "item"), since)
	previewList(&b, "matches", r.Matched, previewLine)
	previewList(&b, "just missed", r.Missed, previewLine)
	if len(r.Dropped) > 0 {
		previewList(&b, "dropped by hand", r.Dropped, previewLine)
	}
	if r.Blocked > 0 {
		fmt.Fprintf(&b, "\nblocked: %d\n", r.Blocked)
	}
	if r.Rejected > 0 {
		fmt.Fprintf(&b, "\nrejected: %d\n", r.Rejected)
	}
	if r.Against != "" {
		previewList(&b, "gained by "+r.Against, r.Gained, gainedLine)
		previewList(&b, "lost by "+r.Against, r.Lost, lostLine)
	}
	_, err := io.WriteString(w, plain(b.String()))
	return err
}

func previewList(b *strings.Builder, name string, items []aggregator.PreviewItem, line func(*strings.Builder, aggregator.PreviewItem)) {
	fmt.Fprintf(b, "\n%s: %d\n", name, len(items))
	for _, it := range items[:min(len(items), previewShown)] {
		line(b, it)
	}
	if n := len(items) - previewShown; n > 0 {
		fmt.Fprintf(b, "  … and %d more; --json has all\n", n)
	}
}

func previewLine(b *strings.Builder, it aggregator.PreviewItem) { itemLine(b, it, it.Match) }

func gainedLine(b *strings.Builder, it aggregator.PreviewItem) {
	itemLine(b, it, *it.Other)
	fmt.Fprintf(b, "         before: %s\n", leftOut(it.Match))
}

func lostLine(b *strings.Builder, it aggregator.PreviewItem) {
	itemLine(b, it, it.Match)
	fmt.Fprintf(b, "         after: %s\n", leftOut(*it.Other))
}

// itemLine has points and title, then outlet, date, number and what decided.
func itemLine(b *strings.Builder, it aggregator.PreviewItem, m topic.Match) {
	fmt.Fprintf(b, "  %5s  %s\n", points(m), strings.Join(strings.Fields(it.Title), " "))
	fmt.Fprintf(b, "         %s, %s, item %d: %s\n", it.Outlet, it.Published.Local().Format("2006-01-02 15:04"), it.Item, because(m))
}

func points(m topic.Match) string { return fmt.Sprintf("%g/%g", m.Score, m.Need) }

// leftOut is what a config says that leaves an item out.
func leftOut(m topic.Match) string {
	if m.Veto != "" || m.Score == 0 || m.By == aggregator.Drop {
		return because(m)
	}
	return points(m) + ", " + because(m)
}

// deciders is how many of the reasons are named.
const deciders = 4

// deciding says what a Match is By.
var deciding = map[string]string{
	aggregator.Put: "put by hand", aggregator.Drop: "dropped by hand",
	"take": `its source's "take"`, "query": "what is not in it",
}

// because names what decided: an order, a source, a reject term, or the first
// words that count, each once.
func because(m topic.Match) string {
	var by []string
	if m.By != "" {
		by = append(by, deciding[m.By])
	}
	if m.Veto != "" {
		return strings.Join(append(by, "rejected by "+m.Veto), ", ")
	}
	seen := map[string]bool{}
	for _, r := range m.Reasons {
		said := fmt.Sprintf("%s %q", r.Field, r.Words)
		if r.Points == 0 || seen[said] {
			continue
		}
		seen[said] = true
		if len(by) == deciders {
			by = append(by, "…")
			break
		}
		by = append(by, said)
	}
	if len(by) == 0 {
		return "no term found"
	}
	return strings.Join(by, ", ")
}
