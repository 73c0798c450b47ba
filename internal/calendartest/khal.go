package calendartest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Agenda returns what khal, a calendar program for people, shows of the mirror: a
// line "start|end|title" for each meeting of the days from day on (such as
// "2026-11-03"), in the zone of Vienna. khal is installed when it is missing
// and that is possible.
func (m *Mirror) Agenda(day string, days int) []string {
	m.t.Helper()
	need(m.t, "khal", command("khal"))
	dir := filepath.Dir(m.config)
	config := write(m.t, filepath.Join(dir, "khal.conf"), fmt.Appendf(nil, `[calendars]
[[mirror]]
path = %s
[sqlite]
path = %s
[locale]
timeformat = %%H:%%M
dateformat = %%Y-%%m-%%d
longdateformat = %%Y-%%m-%%d
datetimeformat = %%Y-%%m-%%d %%H:%%M
longdatetimeformat = %%Y-%%m-%%d %%H:%%M
local_timezone = Europe/Vienna
default_timezone = Europe/Vienna
`, m.Dir, filepath.Join(dir, "khal.db")))
	cmd := exec.Command("khal", "-c", config, "list", "--day-format", "", "--format", "{start-long-full}|{end-long-full}|{title}", day, fmt.Sprintf("%dd", days))
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CACHE_HOME="+dir)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil || said.Len() > 0 {
		m.t.Fatalf("khal: %v\n%s%s", err, said.String(), out)
	}
	var lines []string
	for line := range strings.SplitSeq(string(out), "\n") {
		if line = strings.TrimSpace(line); strings.Contains(line, "|") {
			lines = append(lines, line)
		}
	}
	return lines
}
