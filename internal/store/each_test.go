package store

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"

	// The driver "pgx".
	_ "github.com/jackc/pgx/v5/stdlib"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childDatabase); path != "" {
		writeForEver(path)
	}
	code := m.Run()
	postgres.stop()
	os.Exit(code)
}

// each runs test on a new database of every kind that the SQL has to run on:
// a file, memory, and PostgreSQL, which Open does not offer yet.
func each(t *testing.T, test func(t *testing.T, db *DB)) {
	t.Helper()
	t.Run("file", func(t *testing.T) { test(t, fresh(t)) })
	t.Run("memory", func(t *testing.T) { test(t, openAt(t, memory)) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, postgres.open(t)) })
}

// server is a PostgreSQL of the tests' own, started when first needed.
type server struct {
	start sync.Once
	dir   string // holds its data and its socket
	cmd   *exec.Cmd
	err   error
	count atomic.Int64
}

var postgres server

// open returns a database in an empty schema of the server.
func (s *server) open(t *testing.T) *DB {
	t.Helper()
	s.start.Do(func() { s.err = s.run() })
	switch {
	case errors.Is(s.err, exec.ErrNotFound):
		t.Skipf("the SQL was not tried on PostgreSQL: %v", s.err)
	case s.err != nil:
		t.Fatalf("starting PostgreSQL: %v", s.err)
	}
	schema := fmt.Sprint("t", s.count.Add(1))
	db, err := sqlx.Open("pgx", s.address("search_path", schema))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if _, err := db.Exec(`CREATE SCHEMA ` + schema); err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db.DB, embedded(), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Up(t.Context()); err != nil {
		t.Fatalf("the migrations do not run on PostgreSQL: %v", err)
	}
	return &DB{write: db, read: db}
}

func (s *server) address(extra ...string) string {
	q := url.Values{"host": {s.dir}, "user": {"oneonone"}, "dbname": {"postgres"}, "sslmode": {"disable"}}
	for i := 0; i+1 < len(extra); i += 2 {
		q.Set(extra[i], extra[i+1])
	}
	return "postgres:///?" + q.Encode()
}

// run makes a cluster in a directory of its own and waits until it answers on a
// socket there. PostgreSQL refuses to run as root; it runs as nobody then.
func (s *server) run() error {
	initdb, err := program("initdb")
	if err != nil {
		return err
	}
	daemon, err := program("postgres")
	if err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp("/tmp", "oneonone-pg-"); err != nil { // short: a socket's path has 107 bytes at most
		return err
	}
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if os.Getuid() == 0 {
		if attr.Credential, err = nobody(); err != nil {
			return err
		}
		if err := os.Chown(s.dir, int(attr.Credential.Uid), int(attr.Credential.Gid)); err != nil {
			return err
		}
	}
	data := filepath.Join(s.dir, "data")
	setUp := exec.Command(initdb, "--no-sync", "--auth=trust", "--username=oneonone", "--encoding=UTF8", "--locale=C", "-D", data)
	setUp.Dir, setUp.SysProcAttr = s.dir, attr
	if out, err := setUp.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	s.cmd = exec.Command(daemon, "-D", data, "-k", s.dir, "-c", "listen_addresses=", "-c", "fsync=off")
	s.cmd.Dir, s.cmd.SysProcAttr = s.dir, attr
	said, err := s.cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	var heard strings.Builder
	for lines := bufio.NewScanner(said); lines.Scan(); {
		if strings.Contains(lines.Text(), "ready to accept connections") {
			go io.Copy(io.Discard, said) // until it ends
			return nil
		}
		fmt.Fprintln(&heard, lines.Text())
	}
	return fmt.Errorf("the server ended:\n%s", heard.String())
}

func (s *server) stop() {
	if s.cmd != nil {
		s.cmd.Process.Signal(syscall.SIGQUIT)
		s.cmd.Wait()
	}
	if s.dir != "" {
		os.RemoveAll(s.dir)
	}
}

// program finds a PostgreSQL program; Debian keeps them out of the PATH.
func program(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("%w: %s; install postgresql", exec.ErrNotFound, name)
	}
	return found[len(found)-1], nil
}

func nobody() (*syscall.Credential, error) {
	u, err := user.Lookup("nobody")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}
