package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var files embed.FS

// embedded returns the migrations of this program.
func embedded() fs.FS {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		panic(err) // only for an invalid name, and this one is a constant
	}
	return sub
}

// migrate brings the database to the newest schema. path is that of its file,
// "" for one in memory.
func (db *DB) migrate(ctx context.Context, migrations fs.FS, path string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, transactionLimit, errSlow)
	defer cancel()
	ours, empty, err := db.recognise(ctx)
	if err != nil {
		return explain(ctx, err)
	}
	if !ours && !empty {
		return errors.New("it belongs to another program; nothing was changed")
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db.write.DB, migrations, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	current, target, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return explain(ctx, err)
	case current > target:
		return fmt.Errorf("it was written by a newer version of this program (schema %d, this version knows %d); "+
			"nothing was changed; install the newer version, or go back to the copy it made beside the file", current, target)
	case current == target:
		// Better to hear now than at the first action that nothing can be written.
		return db.transact(ctx, func(*tx) error { return nil })
	}
	if current > 0 && path != "" {
		if err := db.backUp(ctx, fmt.Sprintf("%s.bak-%d", path, current)); err != nil {
			return fmt.Errorf("copying it before the upgrade: %w; nothing was changed", explain(ctx, err))
		}
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("upgrading it to schema %d: %w", target, explain(ctx, err))
	}
	return nil
}

// recognise reports whether the database holds our tables, or none at all. It
// asks on a connection for reading: one for writing would turn the file of
// another program into WAL mode.
func (db *DB) recognise(ctx context.Context) (ours, empty bool, err error) {
	var tables []string
	err = db.read.SelectContext(ctx, &tables, `SELECT name FROM sqlite_master WHERE type = 'table'`)
	for _, t := range tables {
		ours = ours || t == goose.DefaultTablename
	}
	return ours, len(tables) == 0, err
}

// backUp writes a copy of the database to path, whole or not at all.
func (db *DB) backUp(ctx context.Context, path string) error {
	part := path + ".part"
	// What an upgrade that was cut short left behind may have any mode.
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// VACUUM INTO takes an empty file as it is, and so its mode too.
	if err := os.WriteFile(part, nil, 0o600); err != nil {
		return err
	}
	if _, err := db.write.ExecContext(ctx, `VACUUM INTO ?`, part); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	// VACUUM INTO does not wait for the disk.
	if err := syncFile(part); err != nil {
		return err
	}
	if err := os.Rename(part, path); err != nil {
		return err
	}
	return syncFile(filepath.Dir(path))
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
