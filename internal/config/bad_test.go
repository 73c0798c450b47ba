package config

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what the broken configurations say into testdata/bad/*.txt")

// TestBad reads every broken file and compares what is said with the text
// beside it.
func TestBad(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 40 {
		t.Fatalf("found %d broken files, %v", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(strings.TrimSuffix(name, ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			cfg, err := Parse(name, data)
			var errs Errors
			if !errors.As(err, &errs) || cfg != nil {
				t.Fatalf("Parse(%s) = %v, %v, want Errors alone", name, cfg, err)
			}
			checkErrors(t, errs, data)
			golden := strings.TrimSuffix(file, ".yaml") + ".txt"
			got := errs.Error() + "\n"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("Parse(%s) (-want +got):\n%s", name, diff)
			}
			if strings.Contains(got, "hunter2") {
				t.Errorf("Parse(%s) tells a password", name)
			}
		})
	}
}

// checkErrors checks what holds for all errors in data.
func checkErrors(t *testing.T, errs Errors, data []byte) {
	t.Helper()
	if len(errs) == 0 || len(errs) > maxErrors+1 {
		t.Errorf("%d errors", len(errs))
	}
	lines := strings.Count(string(data), "\n") + 1
	for i, e := range errs {
		if e.File == "" || e.Message == "" || e.Line < 1 || e.Column < 1 || e.Line > lines {
			t.Errorf("%#v has no place in a file of %d lines", e, lines)
		}
		if i > 0 && (errs[i-1].Line > e.Line || errs[i-1].Line == e.Line && errs[i-1].Column > e.Column) {
			t.Errorf("%v comes after %v", e, errs[i-1])
		}
		if strings.ContainsAny(e.Message+e.Hint+e.Path, "\n\r") {
			t.Errorf("%#v has more than one line", e)
		}
	}
}
