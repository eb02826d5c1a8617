package topic

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// everyday are words of nearly every text, folded: alone they select nothing.
var everyday = strings.Fields(`
	the a an of to in on at by for and or is are was it its this that with from as be has have not but
	le la les un une des du de et en au aux pour par dans sur est qui que
	der die das ein eine und im in zu den von mit ist auf el los las una y del por con que es
	bir ve bu da de ile icin cok في من على الي عن مع هذا هذه ان كان او ما لا`)

// doubts finds what is allowed in a term and probably not meant.
func doubts(t config.Term, clauses []clause) (warnings []Error) {
	s := straighten(t.Text)
	warn := func(at int, msg, help string) {
		warnings = append(warnings, Error{
			Path: t.Path, Offset: utf8.RuneCountInString(s[:at]),
			Msg: fmt.Sprintf("term %q: %s", t.Text, msg), Help: help, Warning: true,
		})
	}
	for _, op := range []string{" AND ", " OR ", " NOT "} {
		if i := strings.Index(s, op); i >= 0 && clauses[0].re == nil {
			warn(i+1, strings.TrimSpace(op)+" is read as a word like any other",
				`entries of a list are alternatives; a | b is either, "a b"~5 is both near each other`)
		}
	}
	for _, c := range clauses {
		if everydayWord(c) {
			warn(0, fmt.Sprintf("%q stands in nearly every text", c.toks[0].raw), "take it out, or write =Word when case tells it apart")
		}
	}
	return warnings
}

// everydayWord says whether a clause is one word of nearly every text.
func everydayWord(c clause) bool {
	return running(c.field) && len(c.toks) == 1 && !c.toks[0].exact && !c.toks[0].stem && slices.Contains(everyday, c.toks[0].fold)
}

// sameFolded warns of a term that another spelling in the list already stands
// for. Terms equal but for case are config's to find.
func sameFolded(t config.Term, spelled map[string]string) (warnings []Error) {
	f := words.Fold(t.Text)
	other, ok := spelled[f]
	if !ok {
		spelled[f] = t.Text
	}
	if !ok || strings.EqualFold(other, t.Text) || strings.ContainsAny(t.Text, "=/") {
		return nil
	}
	return []Error{{
		Path: t.Path, Msg: fmt.Sprintf("%q and %q are the same after folding", t.Text, other), Help: "take one of them out", Warning: true,
	}}
}
