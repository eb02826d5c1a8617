package main

import (
	"fmt"
	"testing"
)

func TestAnUnknownIDIsAnsweredWithWhatThereIs(t *testing.T) {
	many := []string{"two"}
	for i := range 30 {
		many = append(many, fmt.Sprintf("source-%d", i))
	}
	for name, row := range map[string]struct {
		id   string
		ids  []string
		want string
	}{
		"few":         {"tow", []string{"one", "two"}, `no source "tow"; the config has: one, two (did you mean "two"?)`},
		"none near":   {"elsewhere", []string{"one", "two"}, `no source "elsewhere"; the config has: one, two`},
		"none at all": {"one", nil, `no source "one"`},
		"many":        {"tow", many, `no source "tow" (did you mean "two"?)`},
	} {
		if err := among("source", row.id, row.ids); err == nil || err.Error() != row.want {
			t.Errorf("%s: %v, want %s", name, err, row.want)
		}
	}
	if err := among("source", "two", many); err != nil {
		t.Error(err)
	}
}
