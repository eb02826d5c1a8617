package config

import "time"

// Length reads a length of time as the file writes it: "90m", "7d", "3y". It
// is for flags, so that both are written alike.
func Length(s string) (time.Duration, error) { return parseLength(s) }

// Nearest is the name that may have been meant by one that is not among the
// allowed; "" when none is near.
func Nearest(word string, allowed []string) string { return nearest(word, allowed) }
