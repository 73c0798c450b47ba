package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"oneonone/internal/config"
)

// root is the top of the repository, seen from this package.
const root = "../.."

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestTopLevelHoldsNothingElse(t *testing.T) {
	allowed := strings.Fields("cmd internal configs systemd go.mod go.sum Makefile README.md LICENSE")
	ignored := strings.Fields(read(t, ".gitignore"))
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := e.Name()
		product := slices.ContainsFunc(ignored, func(pattern string) bool {
			ok, _ := path.Match(strings.Trim(pattern, "/"), name)
			return ok
		})
		if !product && !strings.HasPrefix(name, ".") && !slices.Contains(allowed, name) {
			t.Errorf("%s is at the top level, where only %v and dot files belong", name, allowed)
		}
	}
	for _, name := range allowed {
		if _, err := os.Stat(filepath.Join(root, name)); err != nil {
			t.Errorf("%s is missing: %v", name, err)
		}
	}
}

func TestFilesPeopleReadStayShort(t *testing.T) {
	for name, limit := range map[string]int{"README.md": 200, "Makefile": 80} {
		if n := strings.Count(read(t, name), "\n"); n > limit {
			t.Errorf("%s has %d lines, more than %d", name, n, limit)
		}
	}
}

// targets returns what `make` can make, by the Makefile's own list.
func targets(t *testing.T) []string {
	t.Helper()
	phony := regexp.MustCompile(`(?m)^\.PHONY: (.*)$`).FindStringSubmatch(read(t, "Makefile"))
	if phony == nil {
		t.Fatal("the Makefile has no .PHONY")
	}
	return strings.Fields(phony[1])
}

func TestReadmeNamesTargetsThatExist(t *testing.T) {
	known := targets(t)
	for _, m := range regexp.MustCompile("(?m)(?:`|^(?:    )?(?:sudo )?)make ([a-z]+)").FindAllStringSubmatch(read(t, "README.md"), -1) {
		if !slices.Contains(known, m[1]) {
			t.Errorf("the README says make %s; the Makefile knows %v", m[1], known)
		}
	}
}

// TestReadmeConfigurationLoads puts the README's fragments under each other and
// reads them as one configuration.
func TestReadmeConfigurationLoads(t *testing.T) {
	var all strings.Builder
	fragments := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(read(t, "README.md"), -1)
	for _, f := range fragments {
		all.WriteString(f[1])
	}
	if len(fragments) == 0 {
		t.Fatal("the README has no ```yaml block")
	}
	if _, err := config.Parse("README.md", []byte(all.String())); err != nil {
		t.Errorf("the README's configuration is wrong: %v\n%s", err, all.String())
	}
}

func TestChecksCanBeRun(t *testing.T) {
	for _, name := range []string{".ci/run", ".ci/packages"} {
		info, err := os.Stat(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode()&0o111 == 0 {
			t.Errorf("%s cannot be executed", name)
		}
		if out, err := exec.Command("bash", "-n", filepath.Join(root, name)).CombinedOutput(); err != nil {
			t.Errorf("bash does not understand %s: %v\n%s", name, err, out)
		}
	}
}

// TestTestRunTellsWhatWasSkipped runs .ci/test.go, which `make test` uses, on a
// module with one test of each fate.
func TestTestRunTellsWhatWasSkipped(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "go.mod", "module fates\n\ngo 1.26.0\n")
	write(t, dir, "fates_test.go", `package fates

import "testing"

func TestWell(t *testing.T)    { t.Log("all is well") }
func TestSkipped(t *testing.T) { t.Skip("no such server") }
func TestIll(t *testing.T)     { t.Error("it is ill") }
`)
	script, err := filepath.Abs(filepath.Join(root, ".ci", "test.go"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "run", script, "./...")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Errorf("a failed test did not make the run fail")
	}
	for _, want := range []string{"--- FAIL: TestIll", "it is ill", "FAIL\tfates", "1 skipped:", "fates TestSkipped", "no such server"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the run does not say %q:\n%s", want, out)
		}
	}
	if strings.Contains(string(out), "all is well") {
		t.Errorf("the run tells what a passed test said:\n%s", out)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// files lists what lies under dir, with the permissions.
func files(t *testing.T, dir string) map[string]fs.FileMode {
	t.Helper()
	found := map[string]fs.FileMode{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if !d.IsDir() || rel == "etc/oneonone/credentials" {
			found[rel] = info.Mode().Perm()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
