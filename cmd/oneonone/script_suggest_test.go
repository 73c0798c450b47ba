package main

import (
	"path"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// suggestions returns the suggestions in somebody's calendar, by name of the
// resource, with their folded lines joined.
func (o *office) suggestions(user string) map[string]string {
	out := map[string]string{}
	for name, ics := range o.dav.Objects() {
		text := strings.ReplaceAll(string(ics), "\r\n ", "")
		if strings.Contains(name, "/"+user+"/") && strings.Contains(text, "X-ONEONONE-KIND:suggestion") {
			out[path.Base(name)] = text
		}
	}
	return out
}

// suggested USER TEXT... says that there is one suggestion in the user's calendar and
// that it holds the texts; with ! and no text that there is none.
func cmdSuggested(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 || neg && len(args) > 1 {
		ts.Fatalf("usage: suggested USER TEXT... | ! suggested USER")
	}
	o := officeOf(ts)
	all := o.suggestions(args[0])
	if neg && len(all) == 0 {
		return
	}
	if neg || len(all) != 1 {
		ts.Fatalf("%s has %d suggestions: %v", args[0], len(all), all)
	}
	for _, text := range all {
		for _, want := range args[1:] {
			if !strings.Contains(text, o.dated(want)) {
				ts.Fatalf("the suggestion of %s does not hold %q:\n%s", args[0], o.dated(want), text)
			}
		}
	}
}

// answers USER PARTSTAT answers the suggestion in the user's calendar as a calendar
// program does.
func cmdAnswers(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: answers USER PARTSTAT")
	}
	o := officeOf(ts)
	for name, text := range o.suggestions(args[0]) {
		answered := strings.Replace(text, "PARTSTAT=NEEDS-ACTION", "PARTSTAT="+args[1], 1)
		if answered == text {
			ts.Fatalf("there is nothing to answer in\n%s", text)
		}
		o.dav.Put(args[0], "work", name, []byte(answered))
		return
	}
	ts.Fatalf("%s has no suggestion", args[0])
}
