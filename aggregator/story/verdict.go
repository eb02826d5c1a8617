package story

import (
	"fmt"
	"time"
)

// A Piece is an item as the desk compares it.
type Piece struct {
	Record int64
	Source string
	At     time.Time // published: how far apart two pieces are
	Came   time.Time // first seen: how long the index holds it
	Signature

	// The operator's word, which stands for ever and above every rule.
	With int64   // the story it tells; 0: not said
	Not  []int64 // stories it does not tell
}

// A Verdict says where a piece belongs.
type Verdict struct {
	Story  int64  // record of the story's first piece
	CopyOf int64  // record whose text it repeats; 0 for an original
	Rule   string // in words and figures, for why
	Near   Near   // the most alike story that it was not put into
	Links  []Link // stories in other languages that tell the same
}

// Near is a story that a piece just does not tell, for why.
type Near struct {
	Story  int64 // 0: there is none
	Cosine float64
	Bar    float64
	Reason string // what kept it out
}

// A Link ties a story to one in another language. They are shown beside each
// other, never merged.
type Link struct {
	Story int64  `json:"story"`
	Why   string `json:"why"` // what they share
}

// String says it as why shows it.
func (n Near) String() string {
	if n.Story == 0 {
		return ""
	}
	return fmt.Sprintf("nearest other story %d: cosine %.2f, %s", n.Story, n.Cosine, n.Reason)
}
