package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tree copies what `make install` needs, with a program that does nothing in
// the place of what `make build` built.
func tree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"Makefile", "go.mod", "configs", "systemd"} {
		copyTo(t, filepath.Join(root, name), filepath.Join(dir, name))
	}
	for _, page := range pages(t) {
		copyTo(t, page, filepath.Join(dir, "cmd", "oneonone", filepath.Base(page)))
	}
	if err := os.WriteFile(filepath.Join(dir, "oneonone"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// pages are the man pages.
func pages(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("*.[1-9]")
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func copyTo(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("cp", "-R", from, to).CombinedOutput(); err != nil {
		t.Fatalf("copying %s: %v\n%s", from, err, out)
	}
}

func makes(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := exec.Command("make", append([]string{"-C", dir}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("make %q: %v\n%s", args, err, out)
	}
	return string(out)
}

func TestInstallAndUninstall(t *testing.T) {
	dir, stage := tree(t), t.TempDir()
	makes(t, dir, "install", "DESTDIR="+stage)
	want := map[string]fs.FileMode{
		"usr/local/bin/oneonone":                        0o755,
		"usr/local/lib/systemd/system/oneonone.service": 0o644,
		"etc/oneonone/oneonone.yaml":                    0o644,
		"etc/oneonone/oneonone.yaml.example":            0o644,
		"etc/oneonone/credentials":                      fs.FileMode(0o700),
	}
	for _, page := range pages(t) {
		want["usr/local/share/man/man"+strings.TrimPrefix(filepath.Ext(page), ".")+"/"+page] = 0o644
	}
	if diff := cmp.Diff(want, files(t, stage)); diff != "" {
		t.Fatalf("make install put these in place (-want +got):\n%s", diff)
	}

	edited := filepath.Join(stage, "etc/oneonone/oneonone.yaml")
	write(t, filepath.Dir(edited), "oneonone.yaml", "edited\n")
	write(t, filepath.Dir(edited), "oneonone.yaml.example", "of an older version\n")
	makes(t, dir, "install", "DESTDIR="+stage)
	if got, err := os.ReadFile(edited); err != nil || string(got) != "edited\n" {
		t.Errorf("installing again made the configuration %q, %v; it belongs to whoever edited it", got, err)
	}
	if got, err := os.ReadFile(edited + ".example"); err != nil || string(got) != read(t, "configs/oneonone.yaml") {
		t.Errorf("installing again left an old example: %v", err)
	}

	makes(t, dir, "uninstall", "DESTDIR="+stage)
	for name := range files(t, stage) {
		if !strings.HasPrefix(name, "etc/oneonone/") {
			t.Errorf("make uninstall left %s", name)
		}
	}
	if _, err := os.Stat(edited); err != nil {
		t.Errorf("make uninstall took the configuration: %v", err)
	}
}

func TestInstallSaysWhenNothingIsBuilt(t *testing.T) {
	dir := tree(t)
	if err := os.Remove(filepath.Join(dir, "oneonone")); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("make", "-C", dir, "install", "DESTDIR="+t.TempDir()).CombinedOutput()
	if err == nil || !strings.Contains(string(out), `run "make build" first`) {
		t.Errorf("make install without a program: %v\n%s", err, out)
	}
}

// TestInstalledUnitPassesSystemdsChecks installs below a directory of its own,
// so that the unit's paths are real ones, and lets systemd judge the unit.
func TestInstalledUnitPassesSystemdsChecks(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is not installed: the unit was not judged by systemd")
	}
	dir, at := tree(t), t.TempDir()
	makes(t, dir, "install", "PREFIX="+at+"/usr", "SYSCONFDIR="+at+"/etc")
	unit := filepath.Join(at, "usr/lib/systemd/system/oneonone.service")
	text, err := os.ReadFile(unit)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"ExecStart=" + at + "/usr/bin/oneonone run --config " + at + "/etc/oneonone/oneonone.yaml\n",
		"LoadCredential=oneonone:" + at + "/etc/oneonone/credentials\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the installed unit lacks %s", want)
		}
	}
	if out, err := exec.Command("systemd-analyze", "verify", "--man=no", unit).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
	const most = "15" // tenths
	if out, err := exec.Command("systemd-analyze", "security", "--offline=true", "--threshold="+most, unit).CombinedOutput(); err != nil {
		t.Errorf("systemd-analyze security finds more than %s tenths of exposure: %v\n%s", most, err, out)
	}
}
