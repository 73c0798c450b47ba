package calendartest

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
)

// Server is a real CalDAV server with the users alice and bob, who have one
// calendar each. It listens on a free port of 127.0.0.1, keeps its data in a
// directory of the test, and ends with the test.
type Server struct {
	Name string // as it calls itself
	URL  string // where discovery starts, with a slash at its end

	process *process
	run     func(port string) *process
	// folder is where the objects of a user's one calendar lie as files; nil
	// when the server does not keep them so.
	folder func(user string) string
}

// Account is how one user reaches a Server.
type Account struct {
	User, Password string
	Home           string // URL of the calendar home, with a slash at its end
	Calendar       string // URL of the one calendar, with a slash at its end
}

// The users of every Server and their passwords.
var passwords = map[string]string{"alice": "alicepw", "bob": "bobpw"}

// Account returns how alice or bob reaches the server.
func (s *Server) Account(user string) Account {
	a := Account{User: user, Password: passwords[user], Home: s.URL + user + "/"}
	if s.Name == "Xandikos" {
		a.Home += "calendars/"
	}
	a.Calendar = a.Home + "calendar/"
	return a
}

// Restart stops the server and starts it again with its data, at the same URL.
func (s *Server) Restart() {
	port := s.process.port
	s.process.stop()
	s.process = s.run(port)
}

// Fill stores objects in the calendar of alice or bob, and lets the server read
// them once: many at a time, for benchmarks. It is fast on Radicale alone.
func (s *Server) Fill(t TB, user string, objects []Object) {
	t.Helper()
	a := s.Account(user)
	for _, o := range objects {
		if s.folder != nil {
			write(t, filepath.Join(s.folder(user), o.Name), o.Data)
		} else if !a.Put(t, o.Name, o.Data) {
			t.Fatalf("%s does not take %s", s.Name, o.Name)
		}
	}
	a.look(t, a.Calendar, "1")
}

// Log returns what the server said lately.
func (s *Server) Log() string { return s.process.words() }

//go:embed launcher/radicale.py
var radicaleLauncher []byte

//go:embed launcher/xandikos.py
var xandikosLauncher []byte

// Radicale starts Debian's Radicale, which it installs when it is missing and
// that is possible.
func Radicale(t TB) *Server {
	t.Helper()
	need(t, "radicale", module("radicale"))
	dir := t.TempDir()
	launcher := write(t, filepath.Join(dir, "launcher.py"), radicaleLauncher)
	users := ""
	for name, password := range passwords {
		users += name + ":" + password + "\n"
	}
	htpasswd := write(t, filepath.Join(dir, "users"), []byte(users))
	s := &Server{Name: "Radicale"}
	s.run = func(port string) *process {
		config := write(t, filepath.Join(dir, "config"), fmt.Appendf(nil, radicaleConfig, port, htpasswd, filepath.Join(dir, "collections")))
		return start(t, python, launcher, "--config", config)
	}
	s.folder = func(user string) string {
		return filepath.Join(dir, "collections", "collection-root", user, "calendar")
	}
	s.begin(t)
	for user := range passwords {
		a := s.Account(user)
		a.look(t, a.Home, "0") // This makes the home.
		a.NewCalendar(t, "calendar")
	}
	return s
}

const radicaleConfig = `[server]
hosts = 127.0.0.1:%s
max_connections = 20
[auth]
type = htpasswd
htpasswd_filename = %s
htpasswd_encryption = plain
delay = 0
[rights]
type = owner_only
[storage]
type = multifilesystem
filesystem_folder = %s
[logging]
level = info
[web]
type = none
`

// Xandikos starts Debian's Xandikos, which it installs when it is missing and
// that is possible.
func Xandikos(t TB) *Server {
	t.Helper()
	need(t, "xandikos", module("xandikos"))
	dir := t.TempDir()
	launcher := write(t, filepath.Join(dir, "launcher.py"), xandikosLauncher)
	s := &Server{Name: "Xandikos"}
	s.run = func(port string) *process {
		args := []string{launcher, filepath.Join(dir, "data"), port}
		for name, password := range passwords {
			args = append(args, name+":"+password)
		}
		return start(t, python, args...)
	}
	if err := os.Mkdir(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatalf("making the directory of the server: %v", err)
	}
	s.begin(t)
	return s
}

// begin starts the server for the first time.
func (s *Server) begin(t TB) {
	s.process = s.run("0")
	s.URL = s.process.url()
	t.Cleanup(func() { s.process.stop() })
}

// write makes a file and returns its path.
func write(t TB, path string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatalf("writing %s: %v", path, err)
	}
	return path
}
