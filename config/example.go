package config

import (
	"bytes"
	_ "embed" // for the example
	"strconv"
)

//go:embed example.toml
var example []byte

// Example is the commented config that `wiredesk init` writes, with the year in
// its tag.
func Example(year int) []byte {
	return bytes.ReplaceAll(example, []byte("YEAR"), []byte(strconv.Itoa(year)))
}
