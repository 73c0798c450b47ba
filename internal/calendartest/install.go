package calendartest

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// need makes sure that a Debian package is there: when present says no, it is
// installed if that can be done, else the test fails with what to do. present
// must not change anything.
func need(t TB, pkg string, present func() bool) {
	t.Helper()
	if present() {
		return
	}
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		t.Fatalf("%s is not installed and cannot be installed from here: run \"apt-get install --no-install-recommends %s\" as root", pkg, pkg)
	}
	defer lockApt(t)()
	if present() { // Another test has been faster.
		return
	}
	for _, args := range [][]string{
		{"update", "-qq"},
		{"install", "-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", pkg},
	} {
		cmd := exec.Command(apt, args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("installing %s: apt-get %s: %v\n%s", pkg, args[0], err, out)
		}
	}
	if !present() {
		t.Fatalf("%s was installed but does not work", pkg)
	}
}

// lockApt keeps the tests of other packages from installing at the same time:
// apt-get does not wait for the lock of its package lists. It returns the
// function that gives the lock back.
func lockApt(t TB) (unlock func()) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(os.TempDir(), "oneonone-apt.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatalf("locking the installation: %v", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatalf("locking the installation: %v", err)
	}
	return func() { f.Close() } // Closing gives the lock back.
}

// command reports whether a program is in the PATH.
func command(name string) func() bool {
	return func() bool {
		_, err := exec.LookPath(name)
		return err == nil
	}
}

// module reports whether Debian's Python has a module.
func module(name string) func() bool {
	return func() bool { return exec.Command(python, "-c", "import "+name).Run() == nil }
}
