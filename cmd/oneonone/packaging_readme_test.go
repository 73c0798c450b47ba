package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReadmeShowsTheLayout compares the README's import table with the one that
// the packages are checked against.
func TestReadmeShowsTheLayout(t *testing.T) {
	row := regexp.MustCompile(`(?m)^(\S+) +\S.*→ ?(.*)$`)
	shown := map[string][]string{}
	for _, m := range row.FindAllStringSubmatch(read(t, "README.md"), -1) {
		shown[m[1]] = append([]string{}, strings.Fields(m[2])...)
	}
	if diff := cmp.Diff(layout, shown); diff != "" {
		t.Errorf("the README's table is not the layout (-layout +README):\n%s", diff)
	}
}
