package store

import (
	"context"
	"fmt"
)

// Limit makes the database as full as it is, or gives it room again.
func (s *DB) Limit(ctx context.Context, full bool) error {
	pages := 1 << 30
	if full {
		pages = 1 // SQLite raises it to what the file has
	}
	var now int
	return s.write.QueryRowContext(ctx, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)).Scan(&now)
}
