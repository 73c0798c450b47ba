package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"oneonone/internal/cli"
)

// The tests of this file keep what is written about the program in step with it.

func contents(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// says runs the program in this process and returns what it prints.
func says(t *testing.T, status int, args ...string) string {
	t.Helper()
	var out, complaints bytes.Buffer
	got := cli.Run(t.Context(), cli.Env{
		Args: args, Stdout: &out, Stderr: &complaints, Getenv: func(string) string { return "" },
	})
	if got != status {
		t.Fatalf("oneonone %s: status %d, want %d\n%s", strings.Join(args, " "), got, status, &complaints)
	}
	return out.String()
}

// flag is a flag as the usage texts write it, at the start of its line or in brackets.
var flag = regexp.MustCompile(`--[a-z]+`)

// commandLine is a command in the usage text of the program.
var commandLine = regexp.MustCompile(`(?m)^    oneonone ([a-z]+)(.*)$`)

// usage returns the usage line and the flags of every command, as told by help.
func usage(t *testing.T) map[string][]string {
	t.Helper()
	text, _, _ := strings.Cut(says(t, cli.Done, "help"), "--config")
	found := map[string][]string{}
	for _, m := range commandLine.FindAllStringSubmatch(text, -1) {
		if m[1] == "help" {
			found["help"] = nil
			continue
		}
		found[m[1]] = flag.FindAllString(says(t, cli.Done, "help", m[1]), -1)
		for _, f := range flag.FindAllString(m[2], -1) {
			if !slices.Contains(found[m[1]], f) {
				t.Errorf("help %s does not tell %s", m[1], f)
			}
		}
	}
	if len(found) < 10 {
		t.Fatalf("found only %d commands", len(found))
	}
	return found
}

func TestHelpNamesEveryCommand(t *testing.T) {
	told := usage(t)
	for _, name := range cli.Commands() {
		if _, ok := told[name]; !ok {
			t.Errorf("help does not name %s", name)
		}
	}
}

func TestManualNamesEveryCommandFlagAndStatus(t *testing.T) {
	page := contents(t, "oneonone.8")
	for name, flags := range usage(t) {
		if !strings.Contains(page, "\n.It Cm "+name) || !strings.Contains(page, "\n.Cm "+name+"\n") {
			t.Errorf("oneonone.8 does not describe %s in SYNOPSIS and Commands", name)
		}
		for _, f := range flags {
			if !strings.Contains(page, "Fl "+f[1:]) {
				t.Errorf("oneonone.8 does not describe %s of %s", f, name)
			}
		}
	}
	_, statuses, _ := strings.Cut(page, ".Sh EXIT STATUS")
	for _, n := range []int{cli.Done, cli.Failed, cli.Usage, cli.Config} {
		if !strings.Contains(statuses, fmt.Sprintf("\n.It %d\n", n)) {
			t.Errorf("oneonone.8 does not describe the exit status %d", n)
		}
	}
}

func TestManualNamesEveryFieldOfTheJSONForms(t *testing.T) {
	_, part, _ := strings.Cut(contents(t, "oneonone.8"), ".Ss JSON")
	part, _, _ = strings.Cut(part, ".Sh ENVIRONMENT")
	var named []string
	for l := range strings.SplitSeq(part, "\n") {
		if strings.HasPrefix(l, ".It Cm ") || strings.HasPrefix(l, ".Cm ") {
			named = append(named, strings.FieldsFunc(l, func(r rune) bool { return r == ' ' || r == ',' })...)
		}
	}
	sources := contents(t, "../../internal/cli/json.go") + contents(t, "../../internal/cli/status.go")
	for _, m := range regexp.MustCompile("`json:\"([a-z_]+)").FindAllStringSubmatch(sources, -1) {
		if !slices.Contains(named, m[1]) {
			t.Errorf("oneonone.8 does not describe the field %s", m[1])
		}
	}
}

// schemaKey is a key in the schema of the configuration.
var schemaKey = regexp.MustCompile(`key\{"([a-z_]+)", (\w+)`)

func TestManualNamesEveryKeyOfTheConfiguration(t *testing.T) {
	schema := contents(t, "../../internal/config/schema.go")
	_, schema, _ = strings.Cut(schema, "var schema")
	sections := map[string]string{}
	page := contents(t, "oneonone.yaml.5")
	_, rest, _ := strings.Cut(page, ".Sh KEYS")
	rest, _, _ = strings.Cut(rest, ".Sh EXAMPLES")
	for i, part := range strings.Split(rest, ".Ss ") {
		name, text, _ := strings.Cut(part, "\n")
		if i == 0 {
			name = ""
		}
		sections[name] = text
	}
	seen := map[string]bool{}
	section := ""
	for l := range strings.SplitSeq(schema, "\n") {
		m := schemaKey.FindStringSubmatch(l)
		if m == nil {
			continue
		}
		if strings.HasPrefix(l, "\tkey") {
			section = ""
		}
		if !regexp.MustCompile(`\.(It )?Cm ([a-z_]+ , )*` + m[1] + `\b`).MatchString(sections[section]) {
			t.Errorf("oneonone.yaml.5 does not describe %s in the part %q", m[1], section)
		}
		seen[m[1]] = true
		if strings.HasPrefix(l, "\tkey") && (m[2] == "group" || m[2] == "listOf") {
			section = m[1]
		}
	}
	if len(seen) < 40 {
		t.Errorf("only %d keys were found in the schema: %v", len(seen), slices.Sorted(maps.Keys(seen)))
	}
}

func TestTheUnitNamesManualPagesThatExist(t *testing.T) {
	unit := contents(t, "../../systemd/oneonone.service")
	pages := regexp.MustCompile(`man:([a-z.]+)\((\d)\)`).FindAllStringSubmatch(unit, -1)
	if len(pages) == 0 {
		t.Error("the unit names no manual page")
	}
	for _, m := range pages {
		if _, err := os.Stat(m[1] + "." + m[2]); err != nil {
			t.Errorf("the unit names the manual page %s, which is not there", m[0])
		}
	}
}
