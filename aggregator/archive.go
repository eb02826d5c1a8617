package aggregator

import (
	"errors"
	"time"
)

// ArchiveSize is how many numbers of an edition's series an archive covers. The
// schema knows it too: it never changes.
const ArchiveSize = 50

// ErrNoArchive is answered for a number that no archive has, or not yet.
var ErrNoArchive = errors.New("no archive")

// An Archive is fifty numbers of an edition's series once all of them are given
// (RFC 5005, 4). Archive n holds what was published under 50(n-1)+1 to 50n; later
// entries never change it. A correction, an outlet that joins or a withdrawal does.
type Archive struct {
	Number    int64
	Entries   int       // that are published; some may be withdrawn or pruned
	First     time.Time // date of the earliest
	Last      time.Time // and of the latest
	ChangedAt time.Time // in whole seconds; never goes back
	Prev      int64     // number of the archive before; 0 for none
	Next      int64     // number of the one after; 0 for none
}
