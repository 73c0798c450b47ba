package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"
)

// explain turns an error of the database into words for the operator. Errors
// that are nobody's fault but the caller's (a cancelled ctx) stay themselves.
func explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(context.Cause(ctx), errSlow) {
		return errSlow
	}
	// mattn returns sqlite3.Error by value; *sqlite3.Error never matches.
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return err
	}
	if words, ok := sqliteWords[e.Code]; ok {
		return fmt.Errorf("%s (%w)", words, err)
	}
	return fmt.Errorf("the database refused: %w", err)
}

// sqliteWords says what the primary result codes of SQLite mean to somebody
// who runs the program (https://sqlite.org/rescode.html).
var sqliteWords = map[sqlite3.ErrNo]string{
	sqlite3.ErrBusy:     "another process keeps the database locked",
	sqlite3.ErrLocked:   "another process keeps the database locked",
	sqlite3.ErrReadonly: "the database may not be written; check the owner and mode of the file and its directory",
	sqlite3.ErrPerm:     "the database may not be opened; check the owner and mode of the file and its directory",
	sqlite3.ErrAuth:     "the database may not be opened; check the owner and mode of the file and its directory",
	sqlite3.ErrCantOpen: "the database cannot be opened; check the owner and mode of the file and its directory",
	sqlite3.ErrFull:     "the disk is full; nothing was written",
	sqlite3.ErrIoErr:    "the disk failed while the database was read or written",
	sqlite3.ErrNotADB:   "the file is not a database",
	sqlite3.ErrCorrupt:  "the database is damaged; restore a copy, or move the file away and start afresh",
	sqlite3.ErrNomem:    "not enough memory for the database",
}
