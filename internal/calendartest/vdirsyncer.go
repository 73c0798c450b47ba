package calendartest

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// Mirror is a directory that vdirsyncer keeps in step with a calendar.
type Mirror struct {
	// Dir holds one .ics file for each object.
	Dir string

	t      TB
	config string
}

// Vdirsyncer sets up a mirror of the calendar at a.Calendar and makes it known
// to vdirsyncer, which is installed when it is missing and that is possible.
// Nothing is copied before the first Sync. On a conflict the server wins.
func Vdirsyncer(t TB, a Account) *Mirror {
	t.Helper()
	need(t, "vdirsyncer", command("vdirsyncer"))
	dir := t.TempDir()
	calendar := strings.TrimSuffix(a.Calendar, "/")
	name, home := path.Base(calendar), calendar[:strings.LastIndex(calendar, "/")+1]
	m := &Mirror{Dir: filepath.Join(dir, "vdir", name), t: t}
	if err := os.MkdirAll(m.Dir, 0o700); err != nil {
		t.Fatalf("making the mirror: %v", err)
	}
	m.config = write(t, filepath.Join(dir, "config"), fmt.Appendf(nil, `[general]
status_path = %q
[pair mirror]
a = "local"
b = "remote"
collections = [[%[3]q, %[3]q, %[3]q]]
conflict_resolution = "b wins"
[storage local]
type = "filesystem"
path = %[2]q
fileext = ".ics"
[storage remote]
type = "caldav"
url = %[4]q
username = %[5]q
password = %[6]q
`, filepath.Join(dir, "status"), filepath.Join(dir, "vdir"), name, home, a.User, a.Password))
	m.run("discover", "mirror")
	return m
}

// Sync brings the mirror and the calendar into step, in both directions.
func (m *Mirror) Sync() {
	m.t.Helper()
	m.run("sync", "mirror")
}

func (m *Mirror) run(args ...string) {
	m.t.Helper()
	cmd := exec.Command("vdirsyncer", append([]string{"-c", m.config}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	if out, err := cmd.CombinedOutput(); err != nil {
		m.t.Fatalf("vdirsyncer %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}
