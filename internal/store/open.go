package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jmoiron/sqlx"

	// The driver "sqlite3".
	_ "github.com/mattn/go-sqlite3"
)

// memory names a database that lives in memory and ends with its DB. Every
// Open of it makes one of its own.
const memory = ":memory:"

// readers bounds the connections for reading. Each has a page cache of 2 MB.
const readers = 4

// Open opens the database at the path dsn, makes it when there is none, and
// brings it up to the schema of this program, leaving a copy of an older one
// beside it as dsn.bak-VERSION. The directory has to exist; the file is
// readable by its owner only. ":memory:" opens a fresh database in memory.
//
// A database of a newer program, a file that is no database, or one that
// belongs to another program is refused and left as it is.
func Open(ctx context.Context, dsn string) (*DB, error) {
	return open(ctx, dsn, embedded())
}

// open is Open with the migrations to use.
func open(ctx context.Context, dsn string, migrations fs.FS) (*DB, error) {
	scheme, _, isURL := strings.Cut(dsn, "://")
	switch {
	case dsn == "":
		return nil, errors.New("no database is named; give the path of a file")
	case isURL && (scheme == "postgres" || scheme == "postgresql"):
		return nil, errors.New("PostgreSQL is not supported yet in this version; give the path of a file")
	case isURL:
		return nil, fmt.Errorf("%q is neither the path of a file nor a postgres:// address", dsn)
	case dsn == memory:
		return openMemory(ctx, migrations)
	}
	db, err := openFile(ctx, dsn, migrations)
	if err != nil {
		return nil, fmt.Errorf("opening the database %q: %w", dsn, err)
	}
	return db, nil
}

// openMemory keeps to a single connection for everything: a second one would
// see another, empty database.
func openMemory(ctx context.Context, migrations fs.FS) (*DB, error) {
	only, err := sqlx.Open("sqlite3", "file::memory:?_foreign_keys=on&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	only.SetMaxOpenConns(1)
	db := &DB{write: only, read: only}
	if err := db.migrate(ctx, migrations, ""); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func openFile(ctx context.Context, path string, migrations fs.FS) (*DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	// Two programs that start at once must not both make the schema.
	unlock, err := lockDirectory(ctx, filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := secure(path); err != nil {
		return nil, err
	}
	db, err := connect(path)
	if err != nil {
		return nil, err
	}
	if err := db.migrate(ctx, migrations, path); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// connect opens the connections. The settings stand in the data source name,
// because a PRAGMA reaches only the one connection it is executed on.
func connect(path string) (*DB, error) {
	source := func(more string) string {
		file := url.URL{Scheme: "file", Path: path}
		return file.String() + "?_busy_timeout=5000&_foreign_keys=on" + more
	}
	write, err := sqlx.Open("sqlite3", source("&_journal_mode=WAL&_synchronous=FULL&_txlock=immediate"))
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	read, err := sqlx.Open("sqlite3", source("&_query_only=on"))
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	return &DB{write: write, read: read}, nil
}

// secure makes the file if there is none and takes it away from everybody but
// its owner: it holds people's calendars and the agendas' tokens. SQLite gives
// its side files the same mode. An existing file is not opened here, because
// closing it would drop the locks that this process may hold on it (POSIX).
func secure(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err == nil {
		return f.Close()
	}
	info, statErr := os.Stat(path)
	switch {
	case statErr != nil:
		return fmt.Errorf("the file cannot be made: %w", bare(err))
	case info.IsDir():
		return errors.New("it is a directory; give the path of a file in it")
	case !info.Mode().IsRegular():
		return errors.New("it is not a regular file")
	case info.Mode().Perm()&0o077 == 0:
		return nil
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return fmt.Errorf("others can read the file, and its mode cannot be changed: %w", bare(err))
	}
	return nil
}

// bare takes operation and path off an error, where the message names them.
func bare(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}
