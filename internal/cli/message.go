package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"unicode"

	"oneonone/internal/app"
	"oneonone/internal/config"
)

// The rules of speech, for everything in this package:
//
//   - What was asked for goes to stdout. Everything else goes to stderr, each
//     line with "oneonone: " in front, one line per fact.
//   - An error says what is wrong. A hint, "oneonone: hint: …", says what to do,
//     and can be followed literally.
//   - Lines on stderr begin in lower case and have no full stop. Sentences
//     about meetings on stdout are sentences.
//   - Things are named as the operator wrote them: file, line, key, account.
//     Values are quoted, limits have units.
//   - We say what happens now: "nothing was changed", "the others go on".
//   - No Go type, no name of a struct, no bare "context deadline exceeded".
//   - What comes from a calendar is shown without characters that could do
//     something to a terminal, and never at all on stderr: titles are for
//     stdout of explain only.

// The exit statuses.
const (
	Done   = 0  // done
	Failed = 1  // it failed; run --once: some account failed
	Usage  = 2  // the command line is wrong
	Config = 78 // the configuration is wrong (EX_CONFIG); restarting does not help
)

// usageError is a command line that cannot be meant.
type usageError struct{ problem, hint string }

func (e *usageError) Error() string { return e.problem }

// failure is something that went wrong, with what can be done about it.
type failure struct{ problem, hint string }

func (e *failure) Error() string { return e.problem }

// errTold says that a command failed and that everything has been said.
var errTold = errors.New("told")

// voice speaks to the operator on stderr.
type voice struct {
	w io.Writer
	// warned is set when a warning of the program has been passed on, such as
	// that an account could not be read; nil where nobody asks.
	warned *atomic.Bool
}

func (v voice) say(format string, args ...any) {
	for l := range strings.SplitSeq(fmt.Sprintf(format, args...), "\n") {
		fmt.Fprintf(v.w, "oneonone: %s\n", plain(l))
	}
}

func (v voice) hint(text string) {
	if text != "" {
		v.say("hint: %s", text)
	}
}

// fail tells an error and returns the exit status that belongs to it.
func (v voice) fail(err error) int {
	var (
		usage  *usageError
		failed *failure
		asked  *app.ConfigError
		wrong  config.Errors
	)
	switch {
	case err == nil:
		return Done
	case errors.Is(err, errTold):
		return Failed
	case errors.As(err, &usage):
		v.say("%s", usage.problem)
		v.hint(usage.hint)
		return Usage
	case errors.As(err, &wrong):
		v.configErrors(wrong)
		return Config
	case errors.As(err, &asked):
		v.say("%s", asked.Problem)
		v.hint(asked.Hint)
		return Config
	case errors.As(err, &failed):
		v.say("%s", failed.problem)
		v.hint(failed.hint)
		return Failed
	case errors.Is(err, context.Canceled):
		v.say("stopped before it was done")
		return Failed
	case errors.Is(err, context.DeadlineExceeded):
		v.say("it took too long and was given up")
		return Failed
	}
	v.say("%v", err)
	return Failed
}

func (v voice) configErrors(errs config.Errors) {
	for _, e := range errs {
		v.say("%s", e.Error())
		v.hint(e.Hint)
	}
	v.say("%s in %s; nothing was started", count(len(errs), "error"), errs[0].File)
}

// logger returns a logger for commands that are no service: it speaks like
// everything else on stderr, and only of what the operator has to know.
func (v voice) logger() *slog.Logger { return slog.New(spoken{v: v}) }

// spoken is a slog.Handler that tells warnings and errors by the rules of speech.
type spoken struct {
	v     voice
	attrs []slog.Attr
}

func (s spoken) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelWarn }

func (s spoken) Handle(_ context.Context, r slog.Record) error {
	var facts []string
	cause := ""
	tell := func(a slog.Attr) bool {
		switch a.Key {
		case "err":
			cause = ": " + a.Value.String()
		case "retry": // a command does not try again
		default:
			facts = append(facts, a.Key+" "+a.Value.String())
		}
		return true
	}
	for _, a := range s.attrs {
		tell(a)
	}
	r.Attrs(tell)
	about := ""
	if len(facts) > 0 {
		about = " (" + strings.Join(facts, ", ") + ")"
	}
	s.v.say("%s%s%s", r.Message, about, cause)
	if s.v.warned != nil {
		s.v.warned.Store(true)
	}
	return nil
}

func (s spoken) WithAttrs(attrs []slog.Attr) slog.Handler {
	s.attrs = append(s.attrs[:len(s.attrs):len(s.attrs)], attrs...)
	return s
}

// WithGroup has no group to show: the program's records are flat.
func (s spoken) WithGroup(string) slog.Handler { return s }

// plain returns s on one line and without what could do something to a
// terminal: control characters, and the invisible ones that turn the direction
// of a text about.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
}
