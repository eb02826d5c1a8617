//go:build race

package aggregator_test

// underRace says that everything takes ten times as long.
const underRace = true
