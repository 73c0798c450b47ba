// Package cli is the command line: it reads what the operator asked for, has it
// done, and says what came of it. Every word that an operator reads on a
// terminal is written here; message.go has the rules for them.
//
// It neither decides about meetings nor touches a calendar, and it knows the
// world outside through Env only: no environment, no arguments, no signals and
// no exit but those that main hands in.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/spf13/pflag"

	"oneonone/internal/config"
)

// Env is the program's world outside.
type Env struct {
	Args           []string  // without the name of the program
	Stdin          io.Reader // for what a person pastes while signing in; nil for nothing
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	// Reload is called once, by the service only, and returns the channel of
	// the signals to read the configuration again (SIGHUP).
	Reload func() <-chan os.Signal
	// Transport replaces the network, for tests; nil is the network.
	Transport http.RoundTripper
}

// options are the flags of all commands.
type options struct {
	config, state, credentials string
	once, online, json, google bool
}

// call is one run of one command.
type call struct {
	env   Env
	say   voice
	opts  options
	words []string // what follows the command
}

// command is one thing that the program can do.
type command struct {
	name  string
	words []string // what has to follow it, for messages
	flags []string // those it takes
	run   func(ctx context.Context, c *call) error
}

// configured are the flags of every command that needs the configuration.
var configured = []string{"config", "state", "credentials"}

// commands lists all commands in the order of the usage text.
func commands() []command {
	with := func(more ...string) []string { return slices.Concat(configured, more) }
	return []command{
		{"run", nil, with("once"), run},
		{"check", nil, with("online"), check},
		{"plan", nil, with("json"), plan},
		{"explain", []string{"ADDRESS"}, with(), explain},
		{"log", nil, with("json"), showLog},
		{"status", nil, with("json"), status},
		{"undo", []string{"ID|all"}, with(), undo},
		{"remove", nil, with(), remove},
		{"auth", []string{"ACCOUNT"}, with(), auth},
		{"demo", nil, with("google", "once"), watchDemo},
		{"version", nil, nil, version},
	}
}

// Run does what e.Args ask for and returns the exit status. It ends soon after
// ctx does; a change to a calendar that is under way is finished first.
func Run(ctx context.Context, e Env) int {
	say := voice{w: e.Stderr}
	c, cmd, err := parse(e)
	if errors.Is(err, pflag.ErrHelp) {
		return say.fail(write(e.Stdout, usageOf(cmd.name)))
	}
	if err == nil && cmd.name == "" {
		say.fail(&usageError{"no command is given", ""})
		fmt.Fprint(e.Stderr, usageOf(""))
		return Usage
	}
	if err == nil {
		err = cmd.run(ctx, c)
	}
	return say.fail(err)
}

// parse reads the command line. Flags may stand before and after the words.
func parse(e Env) (*call, command, error) {
	c := &call{env: e, say: voice{e.Stderr, new(atomic.Bool)}}
	fs := c.opts.flagSet()
	err := fs.Parse(e.Args)
	words := fs.Args()
	if errors.Is(err, pflag.ErrHelp) || len(words) > 0 && words[0] == "help" {
		return helpFor(words, e.Args, err)
	}
	if err != nil {
		return nil, command{}, flagError(err, fs)
	}
	if len(words) == 0 {
		if v, _ := fs.GetBool("version"); v {
			return c, command{name: "version", run: version}, nil
		}
		return c, command{}, nil
	}
	cmd, err := find(words[0])
	if err != nil {
		return nil, cmd, err
	}
	c.words = words[1:]
	return c, cmd, cmd.fits(fs, c.words)
}

// helpFor finds which usage text is meant by "help plan", "plan --help" and "--help".
func helpFor(words, args []string, err error) (*call, command, error) {
	if !errors.Is(err, pflag.ErrHelp) {
		if len(words) == 1 {
			return nil, command{}, pflag.ErrHelp
		}
		cmd, err := find(words[1])
		if err != nil {
			return nil, cmd, err
		}
		return nil, cmd, pflag.ErrHelp
	}
	// The parser stopped at --help, so the words before it have not been sorted out.
	for _, word := range args {
		if cmd, err := find(word); err == nil {
			return nil, cmd, pflag.ErrHelp
		}
	}
	return nil, command{}, pflag.ErrHelp
}

func (o *options) flagSet() *pflag.FlagSet {
	fs := pflag.NewFlagSet("oneonone", pflag.ContinueOnError)
	fs.Usage = func() {}
	fs.SetOutput(io.Discard)
	fs.StringVar(&o.config, "config", "", "")
	fs.StringVar(&o.state, "state", "", "")
	fs.StringVar(&o.credentials, "credentials", "", "")
	fs.BoolVar(&o.once, "once", false, "")
	fs.BoolVar(&o.google, "google", false, "")
	fs.BoolVar(&o.online, "online", false, "")
	fs.BoolVar(&o.json, "json", false, "")
	fs.Bool("version", false, "")
	return fs
}

func find(name string) (command, error) {
	for _, c := range commands() {
		if c.name == name {
			return c, nil
		}
	}
	names := Commands()
	hint := "the commands are: " + strings.Join(names, ", ")
	if near := config.Suggest(name, names); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return command{}, &usageError{fmt.Sprintf("there is no command %q", name), hint}
}

// fits checks the flags and words of a command line against what cmd takes.
func (cmd command) fits(fs *pflag.FlagSet, words []string) error {
	var err error
	fs.Visit(func(f *pflag.Flag) {
		if err == nil && !slices.Contains(cmd.flags, f.Name) {
			err = &usageError{fmt.Sprintf("%s takes no --%s", cmd.name, f.Name), cmd.help()}
		}
	})
	switch {
	case err != nil:
		return err
	case len(words) < len(cmd.words):
		return &usageError{fmt.Sprintf("%s needs %s", cmd.name, cmd.words[len(words)]), cmd.help()}
	case len(words) > len(cmd.words):
		return &usageError{fmt.Sprintf("%q is one word too many for %s", words[len(cmd.words)], cmd.name), cmd.help()}
	}
	return nil
}

func (cmd command) help() string { return fmt.Sprintf("\"oneonone help %s\" tells more", cmd.name) }

// flagError puts an error of the flag parser into our words.
func flagError(err error, fs *pflag.FlagSet) error {
	var (
		unknown *pflag.NotExistError
		bare    *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &unknown):
		var names []string
		fs.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		u := &usageError{fmt.Sprintf("there is no flag %q", dashed(unknown.GetSpecifiedName())), "\"oneonone help\" tells more"}
		if near := config.Suggest(unknown.GetSpecifiedName(), names); near != "" {
			u.hint = fmt.Sprintf("did you mean %q?", "--"+near)
		}
		return u
	case errors.As(err, &bare):
		return &usageError{fmt.Sprintf("%s needs a value", dashed(bare.GetSpecifiedName())), ""}
	case errors.As(err, &invalid):
		return &usageError{fmt.Sprintf("%q is no value for --%s", invalid.GetValue(), invalid.GetFlag().Name), ""}
	}
	return &usageError{err.Error(), "\"oneonone help\" tells more"}
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// write writes text, and says so when stdout does not take it.
func write(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return &failure{"the output could not be written: " + err.Error(), ""}
	}
	return nil
}

// Commands returns the names of all commands.
func Commands() []string {
	names := []string{"help"}
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return names
}
