package calendartest

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// discovery is the part of one of Google's discovery documents that describes
// what the server has. google_discovery.json (the calendar), google_docs.json,
// google_drive.json and google_meet.json are cut out of the documents that come with the client
// library; a test holds them against each other.
type discovery struct {
	Revision   string                      `json:"revision"`
	Parameters map[string]*discoverySchema `json:"parameters"` // of every method
	Methods    []*discoveryMethod          `json:"methods"`
	Schemas    map[string]*discoverySchema `json:"schemas"`
}

type discoveryMethod struct {
	ID         string                      `json:"id"`
	HTTPMethod string                      `json:"httpMethod"`
	Path       string                      `json:"path"`
	FlatPath   string                      `json:"flatPath,omitempty"` // of the whole document; here it is Path
	Parameters map[string]*discoverySchema `json:"parameters,omitempty"`
	Request    *discoverySchema            `json:"request,omitempty"`
	Response   *discoverySchema            `json:"response,omitempty"`
	Scopes     []string                    `json:"scopes,omitempty"`
}

// discoverySchema is a type in the document, that of a parameter too.
type discoverySchema struct {
	Ref        string                      `json:"$ref,omitempty"`
	Type       string                      `json:"type,omitempty"`
	Format     string                      `json:"format,omitempty"`
	Enum       []string                    `json:"enum,omitempty"`
	Pattern    string                      `json:"pattern,omitempty"`
	Minimum    string                      `json:"minimum,omitempty"`
	Maximum    string                      `json:"maximum,omitempty"`
	Location   string                      `json:"location,omitempty"`
	Required   bool                        `json:"required,omitempty"`
	Repeated   bool                        `json:"repeated,omitempty"`
	Items      *discoverySchema            `json:"items,omitempty"`
	Properties map[string]*discoverySchema `json:"properties,omitempty"`
	Additional *discoverySchema            `json:"additionalProperties,omitempty"`
}

//go:embed google_discovery.json google_docs.json google_drive.json google_meet.json
var discoveryJSON embed.FS

// theDiscovery is that of the calendar.
var theDiscovery = discoveryOf("google_discovery.json")

// googleAPIs are the interfaces beside the sign-in, by where their paths begin.
var googleAPIs = []struct {
	root string
	api  func() *discovery
}{
	{"/calendar/v3/", theDiscovery},
	{"/drive/v3/", discoveryOf("google_drive.json")},
	{"/", discoveryOf("google_docs.json")},
	{"/", discoveryOf("google_meet.json")},
}

func discoveryOf(file string) func() *discovery {
	return sync.OnceValue(func() *discovery {
		var d discovery
		data, err := discoveryJSON.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(data, &d)
		}
		if err != nil {
			panic(err) // It is compiled in, and tested.
		}
		return &d
	})
}

// route finds the method for an escaped path below the interface's root, and
// the decoded values of the path's parameters.
func (d *discovery) route(method, path string) (*discoveryMethod, map[string]string) {
	segments := strings.Split(path, "/")
	for _, m := range d.Methods {
		template := strings.Split(m.Path, "/")
		if m.HTTPMethod != method || len(template) != len(segments) {
			continue
		}
		values, ok := map[string]string{}, true
		for i, t := range template {
			value, err := url.PathUnescape(segments[i])
			if name, parameter := strings.CutPrefix(t, "{"); parameter {
				name, verb, _ := strings.Cut(name, "}") // {documentId}:batchUpdate
				value, named := strings.CutSuffix(value, verb)
				ok = ok && err == nil && named && value != ""
				values[name] = value
			} else {
				ok = ok && value == t
			}
		}
		if ok {
			return m, values
		}
	}
	return nil, nil
}

// checkQuery says what is wrong with the query of a request.
func (d *discovery) checkQuery(m *discoveryMethod, query url.Values) []string {
	var faults []string
	for name, values := range query {
		p := m.Parameters[name]
		if p == nil || p.Location != "query" {
			p = d.Parameters[name]
		}
		if p == nil {
			faults = append(faults, fmt.Sprintf("unknown parameter %q", name))
			continue
		}
		if len(values) > 1 && !p.Repeated {
			faults = append(faults, fmt.Sprintf("the parameter %q is given %d times", name, len(values)))
		}
		for _, v := range values {
			if !p.takesText(v) {
				faults = append(faults, fmt.Sprintf("the parameter %q cannot be %q", name, v))
			}
		}
	}
	for name, p := range m.Parameters {
		if p.Required && p.Location == "query" && !query.Has(name) {
			faults = append(faults, fmt.Sprintf("the parameter %q is missing", name))
		}
	}
	slices.Sort(faults)
	return faults
}

// takesText reports whether a parameter can have that value.
func (p *discoverySchema) takesText(v string) bool {
	switch p.Type {
	case "boolean":
		return v == "true" || v == "false"
	case "integer":
		n, err := strconv.ParseInt(v, 10, 64)
		return err == nil && p.inBounds(n)
	}
	return p.takesString(v)
}

func (p *discoverySchema) inBounds(n int64) bool {
	if low, err := strconv.ParseInt(p.Minimum, 10, 64); err == nil && n < low {
		return false
	}
	high, err := strconv.ParseInt(p.Maximum, 10, 64)
	return err != nil || n <= high
}

func (p *discoverySchema) takesString(v string) bool {
	if len(p.Enum) > 0 && !slices.Contains(p.Enum, v) {
		return false
	}
	if p.Pattern != "" && !regexp.MustCompile("^(?:"+p.Pattern+")$").MatchString(v) {
		return false
	}
	switch p.Format {
	case "date":
		_, err := time.Parse(time.DateOnly, v)
		return err == nil
	case "date-time":
		if _, err := time.Parse(time.RFC3339, v); err == nil {
			return true
		}
		_, err := time.Parse("2006-01-02T15:04:05", v) // With timeZone beside it.
		return err == nil
	case "int64", "uint64":
		_, err := strconv.ParseInt(v, 10, 64)
		return err == nil
	}
	return true
}

// checkBody says what is wrong with a body of the named type. Null takes a field
// away and is right everywhere but in a list.
func (d *discovery) checkBody(schema string, body fields) []string {
	var faults []string
	d.checkValue(&discoverySchema{Ref: schema}, body, "", &faults)
	slices.Sort(faults)
	return faults
}

func (d *discovery) checkValue(s *discoverySchema, v any, path string, faults *[]string) {
	if s.Ref != "" {
		s = d.Schemas[s.Ref]
	}
	wrong := func() { *faults = append(*faults, fmt.Sprintf("the field %q cannot be %.80s", path, mustJSON(v))) }
	if v == nil {
		return
	}
	switch s.Type {
	case "object":
		d.checkObject(s, v, path, faults, wrong)
	case "array":
		list, ok := v.([]any)
		if !ok {
			wrong()
			return
		}
		for i, x := range list {
			if x == nil {
				wrong()
			}
			d.checkValue(s.Items, x, fmt.Sprintf("%s[%d]", path, i), faults)
		}
	case "string":
		if text, ok := v.(string); !ok || !s.takesString(text) {
			wrong()
		}
	case "boolean":
		if _, ok := v.(bool); !ok {
			wrong()
		}
	case "integer", "number":
		if n, ok := v.(float64); !ok || s.Type == "integer" && n != float64(int64(n)) {
			wrong()
		}
	}
}

func (d *discovery) checkObject(s *discoverySchema, v any, path string, faults *[]string, wrong func()) {
	object, ok := v.(fields)
	if !ok {
		wrong()
		return
	}
	for name, x := range object {
		inner := strings.TrimPrefix(path+"."+name, ".")
		switch p := s.Properties[name]; {
		case p != nil:
			d.checkValue(p, x, inner, faults)
		case s.Additional != nil:
			d.checkValue(s.Additional, x, inner, faults)
		default:
			*faults = append(*faults, fmt.Sprintf("unknown field %q", inner))
		}
	}
}
