package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// layout says which of the project's packages each may import; the README shows
// the same table. A part of the program that is not in it is an error: say here
// where it belongs.
var layout = map[string][]string{
	"cmd/oneonone": {"cli"},
	"cli":          {"app", "demo", "config", "store", "engine", "google", "cadence", "reschedule", "calendar"},
	"demo": {
		"app", "web", "config", "engine", "store", "calendartest", "google",
		"reschedule", "icalendar", "agenda", "recur", "hours", "calendar", "span",
	},
	"app":          {"web", "config", "engine", "store", "caldav", "google", "cadence", "reschedule", "agenda", "calendar"},
	"web":          {"store", "agenda"},
	"config":       {"hours"},
	"engine":       {"store", "oneonone", "cadence", "reschedule", "agenda", "recur", "hours", "calendar", "span"},
	"store":        {"agenda", "calendar", "span"},
	"caldav":       {"retryafter", "icalendar", "recur", "zone", "agenda", "calendar", "span"},
	"google":       {"retryafter", "recur", "zone", "agenda", "calendar", "span"},
	"retryafter":   {},
	"calendartest": {"icalendar", "recur", "agenda", "calendar", "span"},
	// From here on everything is pure.
	"oneonone":   {"agenda", "calendar", "span"},
	"cadence":    {"recur", "calendar", "span"},
	"reschedule": {"recur", "hours", "span"},
	"icalendar":  {"agenda", "recur", "zone", "calendar", "span"},
	"agenda":     {"calendar", "span"},
	"zone":       {"recur", "span"},
	"recur":      {"calendar", "span"},
	"hours":      {"span"},
	"calendar":   {"span"},
	"span":       {},
}

// pure are the packages that only compute: the same arguments give the same
// result, whatever the time, the machine and the world outside.
var pure = []string{"oneonone", "reschedule", "icalendar", "agenda", "recur", "zone", "hours", "calendar", "span", "cadence"}

// impure are what pure packages must not import. A name that ends in a slash
// stands for all below it.
var impure = []string{
	"os", "os/", "net", "net/http", "database/sql", "math/rand", "math/rand/v2", "crypto/rand", "log", "log/slog",
	"encoding/json", "go.yaml.in/", "github.com/jmoiron/", "syscall",
}

// listed is what `go list -json` tells about a package.
type listed struct {
	ImportPath string
	Dir        string
	Imports    []string
	GoFiles    []string
}

// packages returns the project's packages that are part of the program.
func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", "-json=ImportPath,Dir,Imports,GoFiles", "oneonone/cmd/oneonone").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
		if strings.HasPrefix(p.ImportPath, "oneonone/") {
			all = append(all, p)
		}
	}
}

// short is the name of a package in the table.
func short(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, "oneonone/"), "internal/")
}

func TestPackagesImportOnlyWhatLiesBelowThem(t *testing.T) {
	for _, p := range packages(t) {
		allowed, known := layout[short(p.ImportPath)]
		if !known {
			t.Errorf("package %s is not in the layout", p.ImportPath)
		}
		for _, i := range p.Imports {
			if strings.HasPrefix(i, "oneonone/") && !slices.Contains(allowed, short(i)) {
				t.Errorf("%s imports %s, which the layout does not allow", short(p.ImportPath), short(i))
			}
		}
	}
}

func TestPurePackagesImportNothingOfTheWorldOutside(t *testing.T) {
	for _, p := range packages(t) {
		if !slices.Contains(pure, short(p.ImportPath)) {
			continue
		}
		for _, i := range p.Imports {
			for _, bad := range impure {
				if i == bad || strings.HasSuffix(bad, "/") && strings.HasPrefix(i, bad) {
					t.Errorf("%s is pure and imports %s", short(p.ImportPath), i)
				}
			}
		}
	}
}

func TestPurePackagesHaveNoClock(t *testing.T) {
	clock := []string{"Now", "Since", "Until", "Local", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}
	for _, p := range packages(t) {
		if !slices.Contains(pure, short(p.ImportPath)) {
			continue
		}
		for _, name := range p.GoFiles {
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			called := timeName(f)
			ast.Inspect(f, func(n ast.Node) bool {
				s, ok := n.(*ast.SelectorExpr)
				if !ok || !slices.Contains(clock, s.Sel.Name) {
					return true
				}
				if x, ok := s.X.(*ast.Ident); ok && called != "" && x.Name == called {
					t.Errorf("%s uses time.%s", fset.Position(n.Pos()), s.Sel.Name)
				}
				return true
			})
		}
	}
}

// timeName is the name that f gives the package time, "" when it does not import it.
func timeName(f *ast.File) string {
	for _, i := range f.Imports {
		if i.Path.Value != `"time"` {
			continue
		}
		if i.Name != nil {
			return i.Name.Name
		}
		return "time"
	}
	return ""
}
