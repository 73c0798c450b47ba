package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Error is one thing that is wrong in a configuration file.
type Error struct {
	File         string
	Line, Column int    // from 1, columns in characters; both 0 when the file could not be read
	Path         string // the key, such as accounts[1].time_zone; "" for the file
	Message      string // what is wrong
	Hint         string // what to do; "" when there is nothing to add
}

// Error returns "file:line:column: path: message", without the hint.
func (e Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
	}
	b.WriteString(": ")
	if e.Path != "" {
		b.WriteString(e.Path + ": ")
	}
	b.WriteString(e.Message)
	return b.String()
}

// Errors is all that is wrong in a configuration file, in the order of the
// file. It is never empty.
type Errors []Error

// Error returns a block to print: a line for each error, and after it, where
// there is one, a line "hint: …". It does not end in a line feed.
func (es Errors) Error() string {
	var b strings.Builder
	for i, e := range es {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.Error())
		if e.Hint != "" {
			b.WriteString("\nhint: " + e.Hint)
		}
	}
	return b.String()
}

// Unwrap returns the single errors, for errors.As.
func (es Errors) Unwrap() []error {
	out := make([]error, len(es))
	for i, e := range es {
		out[i] = e
	}
	return out
}

const (
	// maxErrors is how many errors are told of one file; somebody who has more
	// is helped by the first ones.
	maxErrors = 100
	// enough is how many errors are looked for, so that a file that is wrong
	// everywhere takes no longer than others.
	enough = 1000
)

// report collects what is wrong in a file.
type report struct {
	file string
	errs Errors
}

// full reports whether there is no use in looking for more errors.
func (r *report) full() bool { return len(r.errs) >= enough }

// at reports that something is wrong at a place of the file.
func (r *report) at(line, column int, path, message, hint string) {
	if r.full() {
		return
	}
	r.errs = append(r.errs, Error{
		File: r.file, Line: max(line, 1), Column: max(column, 1), Path: path, Message: message, Hint: hint,
	})
}

// wrong reports that v is wrong; nothing else is said about it after that.
func (r *report) wrong(v *value, p problem) {
	if v.state != wrong {
		v.state = wrong
		r.at(v.line, v.column, v.path, p.message, p.hint)
	}
}

// sorted returns what was reported, in the order of the file.
func (r *report) sorted() Errors {
	slices.SortStableFunc(r.errs, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if len(r.errs) > maxErrors {
		last := &r.errs[maxErrors]
		last.Path, last.Message, last.Hint = "", "there are more errors from here on", "mend those before first"
		r.errs = r.errs[:maxErrors+1]
	}
	return r.errs
}

// problem is what is wrong with a value, before it is known where it stands.
type problem struct{ message, hint string }

func (p problem) Error() string { return p.message }

// problemf returns a problem without a hint.
func problemf(format string, args ...any) problem {
	return problem{message: fmt.Sprintf(format, args...)}
}

// quote quotes what stands in the file, shortened when nobody would read it all.
func quote(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	return fmt.Sprintf("%q", text)
}

// asProblem returns err as a problem.
func asProblem(err error) problem {
	var p problem
	if errors.As(err, &p) {
		return p
	}
	return problem{message: err.Error()}
}
