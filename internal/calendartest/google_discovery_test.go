package calendartest

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what is cut out of Google's discovery documents anew")

// TestDiscoveryIsThatOfTheLibrary holds what is embedded against the documents
// in the module that the program is built with.
func TestDiscoveryIsThatOfTheLibrary(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "google.golang.org/api").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for file, source := range map[string]string{
		"google_discovery.json": "calendar/v3/calendar-api.json",
		"google_docs.json":      "docs/v1/docs-api.json",
		"google_drive.json":     "drive/v3/drive-api.json",
		"google_meet.json":      "meet/v2/meet-api.json",
	} {
		data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), filepath.FromSlash(source)))
		if err != nil {
			t.Fatal(err)
		}
		want := trim(t, data)
		if *update {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		have, err := discoveryJSON.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(want, have) {
			t.Errorf("%s is not what the library's document says; run the test with -update", file)
		}
	}
}

// resources is the tree of methods in the document.
type resources struct {
	Methods   map[string]*discoveryMethod `json:"methods"`
	Resources map[string]*resources       `json:"resources"`
}

func (r *resources) collect(into *[]*discoveryMethod) {
	for _, m := range r.Methods {
		if googleMethods[m.ID] != nil {
			*into = append(*into, m)
		}
	}
	for _, sub := range r.Resources {
		sub.collect(into)
	}
}

// trim cuts out what the server has.
func trim(t *testing.T, data []byte) []byte {
	var d discovery
	var tree resources
	for _, into := range []any{&d, &tree} {
		// "methods" is an object there and a list here, and only deeper down.
		if err := json.Unmarshal(data, into); err != nil {
			t.Fatal(err)
		}
	}
	d.Methods = nil
	tree.collect(&d.Methods)
	slices.SortFunc(d.Methods, func(a, b *discoveryMethod) int { return strings.Compare(a.ID, b.ID) })
	all := d.Schemas
	d.Schemas = map[string]*discoverySchema{}
	if r := all["Request"]; r != nil { // The one of Docs knows many more changes than the server.
		maps.DeleteFunc(r.Properties, func(name string, _ *discoverySchema) bool { return docsRequests[name] == nil })
	}
	for _, m := range d.Methods {
		if strings.Contains(m.Path, "{+") {
			m.Path = m.FlatPath // The other form names segments by a pattern.
		}
		m.FlatPath = ""
		if !strings.HasPrefix(m.ID, "calendar.") {
			m.Response = nil // A whole document, of which the server has a little.
		}
		for _, s := range []*discoverySchema{m.Request, m.Response} {
			takeSchema(s, all, d.Schemas)
		}
	}
	out, err := json.MarshalIndent(d, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return append(out, '\n')
}

// takeSchema takes over s and what it refers to.
func takeSchema(s *discoverySchema, from, into map[string]*discoverySchema) {
	if s == nil {
		return
	}
	if s.Ref != "" && into[s.Ref] == nil {
		into[s.Ref] = from[s.Ref]
		takeSchema(from[s.Ref], from, into)
	}
	takeSchema(s.Items, from, into)
	takeSchema(s.Additional, from, into)
	for _, p := range s.Properties {
		takeSchema(p, from, into)
	}
}
