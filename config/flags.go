package config

import "time"

// Length reads a length of time as the file writes it: "90m", "7d", "3y". It
// is for flags, so that both are written alike.
func Length(s string) (time.Duration, error) { return parseLength(s) }

// Suggest words what may have been meant by a name that is not allowed: the
// nearest, and all of them when they are few; "" when there is nothing to say.
func Suggest(word string, allowed []string) string { return mean(word, allowed) }
