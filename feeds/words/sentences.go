package words

import (
	"strings"

	"github.com/clipperhouse/uax29/v2/sentences"
)

// Sentences cuts a text into its sentences (UAX #29), blanks around them gone and
// empty ones left out. A line is a sentence of its own: headings and lists end
// without a full stop.
func Sentences(s string) (all []string) {
	for line := range strings.Lines(s) {
		for it := sentences.FromString(line); it.Next(); {
			if t := strings.TrimSpace(it.Value()); t != "" {
				all = append(all, t)
			}
		}
	}
	return all
}
