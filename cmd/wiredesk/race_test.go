//go:build race

package main

// raceSlack is how much the race detector lengthens what is measured.
const raceSlack = 20
