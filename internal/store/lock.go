package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// lockDirectory waits until no other process is opening a database in dir, and
// keeps others waiting until unlock. The lock is on the directory itself, so
// that it leaves no file behind and cannot disturb SQLite's own locks.
func lockDirectory(ctx context.Context, dir string) (unlock func(), err error) {
	f, err := os.Open(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("the directory %q does not exist; make it, or name another place", dir)
	case err != nil:
		return nil, fmt.Errorf("the directory %q cannot be read: %w", dir, bare(err))
	}
	for wait := time.Millisecond; ; wait = min(2*wait, 100*time.Millisecond) {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return func() { f.Close() }, nil
		case errors.Is(err, syscall.EINTR):
		case !errors.Is(err, syscall.EWOULDBLOCK):
			f.Close()
			return nil, fmt.Errorf("the directory %q cannot be locked: %w", dir, err)
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, fmt.Errorf("waiting for another process to open its database in %q: %w", dir, context.Cause(ctx))
		case <-time.After(wait):
		}
	}
}
