package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// maxSize is more than any configuration needs and little enough to read.
const maxSize = 1 << 20

// Load reads the configuration file at path. Its error is of type Errors.
func Load(path string) (*Config, error) {
	data, err := read(path)
	if err != nil {
		return nil, Errors{unreadable(path, err)}
	}
	return Parse(path, data)
}

// Parse reads the configuration in data, which came from the file name: errors
// tell it, and relative paths in the file start at its folder. Its error is of
// type Errors; each has a line and a column.
func Parse(name string, data []byte) (*Config, error) {
	r := &report{file: name}
	tree, ok := decode(r, data)
	if !ok {
		return nil, r.sorted()
	}
	cfg := resolve(r, tree)
	check(r, tree, cfg)
	if len(r.errs) > 0 {
		return nil, r.sorted()
	}
	return cfg, nil
}

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // only read from
	var b bytes.Buffer
	// One byte more than allowed, so that Parse sees that there is more.
	if _, err := b.ReadFrom(io.LimitReader(f, maxSize+1)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func unreadable(path string, err error) Error {
	e := Error{File: path, Message: fmt.Sprintf("cannot be read: %v", err)}
	var perr *fs.PathError
	if errors.As(err, &perr) {
		e.Message = fmt.Sprintf("cannot be read: %v", perr.Err)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Message = "there is no such file"
		e.Hint = "name the configuration with --config FILE"
	case errors.Is(err, fs.ErrPermission):
		e.Message = "the user this runs as may not read it"
		e.Hint = "give that user the right to read the file and to enter its folder"
	case errors.Is(err, syscall.EISDIR):
		e.Message = "it is a folder, not a file"
		e.Hint = "name the file in it"
	}
	return e
}
