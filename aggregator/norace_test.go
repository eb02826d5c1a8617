//go:build !race

package aggregator_test

const underRace = false
