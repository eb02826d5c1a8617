package main

import (
	"reflect"
	"strings"
	"testing"

	"github.com/wiredesk/wiredesk/config"
)

func TestEveryJobOfTheConfigIsDone(t *testing.T) {
	work := (&newsroom{}).jobs().Work
	for f := range reflect.TypeFor[config.Jobs]().Fields() {
		if name := strings.ToLower(f.Name); work[name] == nil {
			t.Errorf("nobody does %s", name)
		}
	}
}
