package feeds

import "fmt"

// Limits of a document that is read (DESIGN 11).
const (
	MaxBytes    = 10 << 20 // decoded
	MaxItems    = 1000     // of one document; the first stay, which are the newest
	maxNesting  = 64       // elements, markup inside an item's HTML apart
	maxMarkup   = 512      // elements inside an item's HTML
	maxXMLNS    = 64       // namespace declarations
	maxElements = 200_000
	maxField    = 1 << 20 // bytes; longer ones are cut
	maxParts    = 1000    // elements of one item, or of a feed beside its items; those beyond are passed over
)

// A LimitError is a document beyond a limit. Nothing of it is kept.
type LimitError struct {
	Limit string // as in "elements nested"
	Max   int
}

func (e *LimitError) Error() string { return fmt.Sprintf("%s over the limit of %d", e.Limit, e.Max) }
