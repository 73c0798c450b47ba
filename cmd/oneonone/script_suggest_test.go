package main

import (
	"path"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// suggestions returns the suggestions in somebody's calendar that hold all texts, by
// name of the resource, with their folded lines joined.
func (o *office) suggestions(user string, texts ...string) map[string]string {
	out := map[string]string{}
	for name, ics := range o.dav.Objects() {
		text := strings.ReplaceAll(string(ics), "\r\n ", "")
		if strings.Contains(name, "/"+user+"/") && strings.Contains(text, "X-ONEONONE-KIND:suggestion") && o.holds(text, texts) {
			out[path.Base(name)] = text
		}
	}
	return out
}

func (o *office) holds(text string, all []string) bool {
	return !slices.ContainsFunc(all, func(t string) bool { return !strings.Contains(text, o.dated(t)) })
}

// suggested USER TEXT... says that one suggestion in the user's calendar holds all
// the texts; with ! that none does.
func cmdSuggested(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: suggested USER TEXT...")
	}
	o, want := officeOf(ts), 1
	if neg {
		want = 0
	}
	if n := len(o.suggestions(args[0], args[1:]...)); n != want {
		ts.Fatalf("%d suggestions of %s hold %q, want %d: %v", n, args[0], args[1:], want, o.suggestions(args[0]))
	}
}

// answers USER PARTSTAT TEXT... answers the suggestion in the user's calendar that
// holds the texts as a calendar program does.
func cmdAnswers(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: answers USER PARTSTAT TEXT...")
	}
	o := officeOf(ts)
	all := o.suggestions(args[0], args[2:]...)
	if len(all) != 1 {
		ts.Fatalf("%d suggestions of %s hold %q", len(all), args[0], args[2:])
	}
	for name, text := range all {
		answered := strings.Replace(text, "PARTSTAT=NEEDS-ACTION", "PARTSTAT="+args[1], 1)
		if answered == text {
			ts.Fatalf("there is nothing to answer in\n%s", text)
		}
		o.dav.Put(args[0], "work", name, []byte(answered))
	}
}
