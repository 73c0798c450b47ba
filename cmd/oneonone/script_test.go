package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"oneonone/internal/calendartest"
)

// The scripts in testdata/script run the real program in a process of its own
// against a CalDAV server in memory, which each of them has for itself.
// script_cmds_test.go has the commands that they use beside those of testscript.

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"oneonone": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		Setup:               setUp,
		Cmds:                scriptCommands,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// TestKilled runs testdata/killed.txtar once for each step of a pass at which
// the program can be killed: the pass makes two writes, the organizer's copy and
// the other person's.
func TestKilled(t *testing.T) {
	for _, step := range []string{"before 1", "after 1", "before 2", "after 2"} {
		t.Run(step, func(t *testing.T) {
			testscript.Run(t, testscript.Params{
				Files: []string{"testdata/killed.txtar"},
				Setup: func(env *testscript.Env) error {
					when, nth, _ := strings.Cut(step, " ")
					env.Setenv("WHEN", when)
					env.Setenv("NTH", nth)
					return setUp(env)
				},
				Cmds:                scriptCommands,
				RequireExplicitExec: true,
			})
		})
	}
}

// passwords are what ann and bob sign in with; no output may ever hold one.
var passwords = map[string]string{"ann": "hunter2-of-ann", "bob": "s3cret-of-bob"}

// office is the world of one script.
type office struct {
	dav  *calendartest.DAV
	days map[string]time.Time // {wed} and the like in events
	gate gate
}

type officeKey struct{}

// setUp gives a script a server with two people and one calendar each, their
// configuration in oneonone.yaml, and the days that its events lie on.
func setUp(env *testscript.Env) error {
	o := &office{dav: calendartest.NewDAV(calendartest.Style{}), days: days(time.Now())}
	o.gate.arrived, o.gate.opened = make(chan struct{}, 1), make(chan struct{})
	for name, password := range passwords {
		o.dav.AddUser(calendartest.User{Name: name, Password: password, Mail: []string{name + "@example.org"}})
		o.dav.AddCalendar(name, calendartest.Calendar{Name: "work", Title: "Work", Zone: "Europe/Vienna"})
		if err := writeFile(filepath.Join(env.WorkDir, "credentials", name), password+"\n"); err != nil {
			return err
		}
	}
	server := httptest.NewServer(o.dav)
	env.Defer(func() {
		o.gate.open()
		server.Close()
	})
	env.Values[officeKey{}] = o
	env.Setenv("URL", server.URL)
	env.Setenv("CREDENTIALS_DIRECTORY", filepath.Join(env.WorkDir, "credentials"))
	for name, day := range o.days {
		// $WED and the like are regular expressions: another year than this one is told.
		env.Setenv(strings.ToUpper(name), day.Format("Mon 2 Jan")+"( [0-9]{4})?")
	}
	return writeFile(filepath.Join(env.WorkDir, "oneonone.yaml"), fmt.Sprintf(`
accounts:
  - name: ann
    provider: caldav
    url: %[1]s/
    username: ann
    credential: ann
    addresses: [ann@example.org]
    time_zone: Europe/Vienna
  - name: bob
    provider: caldav
    url: %[1]s/
    username: bob
    credential: bob
    addresses: [bob@example.org]
    time_zone: Europe/Vienna
poll: 1s
listen: 127.0.0.1:0
agenda: {url: "http://127.0.0.1:8411"}
`, server.URL))
}

// days are the next Wednesday that is at least three days off, and those
// around it: so far away that no rule for short notice applies.
func days(now time.Time) map[string]time.Time {
	wed := now.AddDate(0, 0, 3)
	for wed.Weekday() != time.Wednesday {
		wed = wed.AddDate(0, 0, 1)
	}
	return map[string]time.Time{
		"wed": wed, "thu": wed.AddDate(0, 0, 1), "fri": wed.AddDate(0, 0, 2), "past": wed.AddDate(0, 0, -21),
		"past2": wed.AddDate(0, 0, -14), "past4": wed.AddDate(0, 0, -28), "next": wed.AddDate(0, 0, 7), "after": wed.AddDate(0, 0, 14),
	}
}

// dated puts the dates into an event: {wed} becomes 20261125.
func (o *office) dated(text string) string {
	for name, day := range o.days {
		text = strings.ReplaceAll(text, "{"+name+"}", day.Format("20060102"))
	}
	return text
}

// gate holds one write up, before or after it is applied, until it is opened or
// the client is gone. A write held up before is not applied in the latter case.
type gate struct {
	arrived chan struct{} // gets a value when the write stands before the gate
	opened  chan struct{}
	once    sync.Once
}

func (g *gate) open() { g.once.Do(func() { close(g.opened) }) }

func (g *gate) hold(r *http.Request) {
	g.arrived <- struct{}{}
	select {
	case <-g.opened:
	case <-r.Context().Done():
		panic(http.ErrAbortHandler)
	}
}

func writeFile(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o600)
}

// patience is how long a script waits for the program; it is never waited out
// unless something is wrong.
const patience = 30 * time.Second

// await waits until done.
func await(ts *testscript.TestScript, what string, done func() bool) {
	for end := time.Now().Add(patience); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			ts.Fatalf("%s did not happen", what)
		}
	}
}

var scriptCommands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"put":       cmdPut,
	"has":       cmdHas,
	"awaits":    cmdAwaits,
	"gate":      cmdGate,
	"signal":    cmdSignal,
	"private":   cmdPrivate,
	"status":    cmdStatus,
	"suggested": cmdSuggested,
	"answers":   cmdAnswers,
}

func officeOf(ts *testscript.TestScript) *office { return ts.Value(officeKey{}).(*office) }

// put USER FILE... stores events in the user's calendar under their names.
func cmdPut(ts *testscript.TestScript, neg bool, args []string) {
	o := officeOf(ts)
	if neg || len(args) < 2 {
		ts.Fatalf("usage: put USER FILE...")
	}
	for _, file := range args[1:] {
		text := strings.ReplaceAll(o.dated(ts.ReadFile(file)), "\n", "\r\n")
		o.dav.Put(args[0], "work", filepath.Base(file), []byte(text))
	}
}

// has USER FILE TEXT... says that the event in the user's calendar holds the
// texts; with ! that it holds none of them.
func cmdHas(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: has USER FILE TEXT...")
	}
	o := officeOf(ts)
	ics := o.event(ts, args[0], args[1])
	for _, text := range args[2:] {
		if strings.Contains(ics, o.dated(text)) == neg {
			ts.Fatalf("%s of %s: %q is in it: %v\n%s", args[1], args[0], o.dated(text), !neg, ics)
		}
	}
}

// event returns the text of an event with its folded lines joined.
func (o *office) event(ts *testscript.TestScript, user, file string) string {
	ics, _, ok := o.dav.Get(user, "work", file)
	if !ok {
		ts.Fatalf("%s has no %s", user, file)
	}
	return strings.ReplaceAll(string(ics), "\r\n ", "")
}

// awaits waits: "awaits event USER FILE TEXT" until the event holds the text,
// "awaits line FILE REGEXP" until the file has such a line.
func cmdAwaits(ts *testscript.TestScript, neg bool, args []string) {
	o := officeOf(ts)
	switch {
	case !neg && len(args) == 4 && args[0] == "event":
		await(ts, strings.Join(args, " "), func() bool {
			return strings.Contains(o.event(ts, args[1], args[2]), o.dated(args[3]))
		})
	case !neg && len(args) == 3 && args[0] == "line":
		re := regexp.MustCompile(args[2])
		await(ts, strings.Join(args, " "), func() bool {
			data, err := os.ReadFile(ts.MkAbs(args[1]))
			return err == nil && re.Match(data)
		})
	default:
		ts.Fatalf("usage: awaits event USER FILE TEXT | awaits line FILE REGEXP")
	}
}

// gate before|after N holds the n-th write from now up, gate await waits until
// it is there, gate open lets it pass.
func cmdGate(ts *testscript.TestScript, neg bool, args []string) {
	o := officeOf(ts)
	switch what := strings.Join(args, " "); {
	case !neg && what == "open":
		o.gate.open()
	case !neg && what == "await":
		select {
		case <-o.gate.arrived:
		case <-time.After(patience):
			ts.Fatalf("no write came")
		}
	case !neg && len(args) == 2:
		nth, err := strconv.Atoi(args[1])
		ts.Check(err)
		f := calendartest.Fault{Method: http.MethodPut, Nth: nth, Before: o.gate.hold}
		if args[0] == "after" {
			f.Before, f.After = nil, f.Before
		}
		o.dav.Script(f)
	default:
		ts.Fatalf("usage: gate before|after N | gate await | gate open")
	}
}

// signal TERM|HUP signals the commands in the background.
func cmdSignal(ts *testscript.TestScript, neg bool, args []string) {
	sig, ok := map[string]syscall.Signal{"TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP, "KILL": syscall.SIGKILL}[strings.Join(args, " ")]
	if !ok || neg {
		ts.Fatalf("usage: signal TERM|HUP|KILL")
	}
	for _, c := range ts.BackgroundCmds() {
		ts.Check(c.Process.Signal(sig))
	}
}

// status N COMMAND... runs a command that has to end with the exit status N.
func cmdStatus(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	var ended *exec.ExitError
	if got := 0; !neg {
		if errors.As(err, &ended) {
			got = ended.ExitCode()
		}
		if got != want {
			ts.Fatalf("exit status %d, want %d", got, want)
		}
	}
}

var (
	// written are the texts of an event that are nobody's business.
	written = regexp.MustCompile(`(?m)^(?:SUMMARY|LOCATION)[^:]*:(.+?)\r?$`)
	// link is an agenda link; who has its token can read the agenda.
	link = regexp.MustCompile(`http://127\.0\.0\.1:8411/[^\s\\,;"]*?([A-Za-z0-9_-]{20,})`)
)

// private FILE... says that the files, or "stdout" and "stderr" of the last
// command, hold no password, no title, no place and no agenda token.
func cmdPrivate(ts *testscript.TestScript, neg bool, args []string) {
	var secrets []string
	for _, p := range passwords {
		secrets = append(secrets, p)
	}
	tokens := 0
	for _, ics := range officeOf(ts).dav.Objects() {
		text := strings.ReplaceAll(string(ics), "\r\n ", "")
		for _, m := range written.FindAllStringSubmatch(text, -1) {
			secrets = append(secrets, m[1])
		}
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			secrets = append(secrets, m[1])
			tokens++
		}
	}
	if tokens == 0 || neg {
		ts.Fatalf("no agenda link stands on any event, so this would prove nothing")
	}
	for _, file := range args {
		text := ts.ReadFile(file)
		for _, s := range secrets {
			if strings.Contains(text, s) {
				ts.Fatalf("%s holds %q:\n%s", file, s, text)
			}
		}
	}
}
