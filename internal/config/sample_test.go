package config

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const samplePath = "../../configs/oneonone.yaml"

func sample(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(samplePath)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// prose is what stands behind the # of a comment for people: one space and a
// word, or nothing.
func prose(code string) bool {
	return code == "\n" || len(code) > 1 && code[0] == ' ' && code[1] != ' '
}

// uncommented takes the # away from all lines that show keys.
func uncommented(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, l := range lines {
		if code, ok := strings.CutPrefix(l, "#"); ok && !prose(code) {
			lines[i] = code
		}
	}
	return strings.Join(lines, "")
}

func TestSample(t *testing.T) {
	cfg, err := Load(samplePath)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, a := range cfg.Accounts {
		names = append(names, a.Name)
	}
	if want := []string{"ann", "bob"}; !slices.Equal(names, want) {
		t.Errorf("accounts %q, want %q", names, want)
	}
	want := defaults()
	want.Accounts, want.Agenda.URL = cfg.Accounts, mustURL(t, "http://127.0.0.1:8411")
	if diff := cmp.Diff(want, cfg, compare); diff != "" {
		t.Errorf("the sample as it is sets more than accounts (-defaults +got):\n%s", diff)
	}
}

// TestSampleTellsTheDefaults takes all comments away: what the sample says is
// then still true, and the defaults that it tells are those there are.
func TestSampleTellsTheDefaults(t *testing.T) {
	cfg, err := Parse("oneonone.yaml", []byte(uncommented(sample(t))))
	if err != nil {
		t.Fatal(err)
	}
	want := defaults()
	want.Agenda.URL = mustURL(t, "http://127.0.0.1:8411")
	// These have examples, not defaults.
	want.Accounts, want.People, want.Mail, want.Push = cfg.Accounts, cfg.People, cfg.Mail, cfg.Push
	if len(cfg.Accounts) != 3 || len(cfg.People) != 1 || cfg.Mail == nil || cfg.Push.URL == nil {
		t.Errorf("%d accounts, %d people, mail %v; want the examples", len(cfg.Accounts), len(cfg.People), cfg.Mail)
	}
	if diff := cmp.Diff(want, cfg, compare); diff != "" {
		t.Errorf("the sample tells other defaults (-defaults +told):\n%s", diff)
	}
}

// TestSampleHasEveryKey proves that the sample names all keys of the schema. That
// the schema has all keys of the sample is proved by reading it.
func TestSampleHasEveryKey(t *testing.T) {
	r := &report{file: "oneonone.yaml"}
	tree, ok := decode(r, []byte(uncommented(sample(t))))
	if !ok || len(r.errs) > 0 {
		t.Fatal(r.sorted())
	}
	inSample := make(map[string]bool)
	givenKeys(tree, "", inSample)
	for _, name := range allKeys(schema, "") {
		if !inSample[name] {
			t.Errorf("the sample does not name %s", name)
		}
	}
}

// givenKeys collects the keys that are in the file, lists without an index.
func givenKeys(v *value, path string, into map[string]bool) {
	for name, k := range v.keys {
		if k.state != absent {
			into[join(path, name)] = true
			givenKeys(k, join(path, name), into)
		}
	}
	for _, item := range v.items {
		givenKeys(item, path, into)
	}
}

// allKeys returns the keys of a shape, lists without an index.
func allKeys(s *shape, path string) []string {
	if s.kind == list {
		return allKeys(s.item, path)
	}
	var out []string
	for _, k := range s.keys {
		out = append(out, join(path, k.name))
		out = append(out, allKeys(k.shape, join(path, k.name))...)
	}
	return out
}
