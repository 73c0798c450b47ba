package config

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// state says what is known about a value.
type state int

const (
	absent state = iota // not in the file
	given
	wrong // in the file, and its error is reported
)

// value is a part of the file in the shape that the schema asks for: it has all
// keys that the schema has there, and no other.
type value struct {
	shape        *shape
	path         string
	line, column int // of an absent value: those of the group that lacks it
	state        state
	text         string            // of a given scalar
	keys         map[string]*value // of a mapping, given or not
	items        []*value          // of a given list
}

// key returns what stands under name, which the schema has.
func (v *value) key(name string) *value {
	k, ok := v.keys[name]
	if !ok {
		panic("config: the schema has no key " + v.path + "." + name) // a slip in this package
	}
	return k
}

// ok reports whether v is in the file and nothing is wrong with it so far.
func (v *value) ok() bool { return v.state == given }

// decode makes a value of YAML. It reports whether there is one.
func decode(r *report, data []byte) (*value, bool) {
	if !readable(r, data) {
		return nil, false
	}
	var docs []yaml.Node
	// Repeated keys are found here, with both places, and not by the library.
	err := yaml.Load(data, &docs, yaml.WithAllDocuments(), yaml.WithUniqueKeys(false))
	var syntax *yaml.LoadError
	switch {
	case errors.As(err, &syntax):
		p := syntaxProblem(syntax, data)
		line, column := syntaxPlace(syntax, data)
		r.at(line, column, "", p.message, p.hint)
		return nil, false
	case err != nil:
		r.at(1, 1, "", "this is not YAML: "+err.Error(), "")
		return nil, false
	}
	if len(docs) == 0 || len(docs[0].Content) == 0 || isNull(docs[0].Content[0]) {
		r.at(1, 1, "", "the file says nothing", "it needs at least one account; configs/oneonone.yaml is an example")
		return nil, false
	}
	if len(docs) > 1 {
		r.at(docs[1].Line, docs[1].Column, "", "a second document begins here", "keep one document and remove the line ---")
	}
	root := docs[0].Content[0]
	v := blank(schema, "", root.Line, root.Column)
	d := decoder{r}
	d.fill(v, root)
	return v, v.state == given
}

// readable reports whether data can be YAML at all.
func readable(r *report, data []byte) bool {
	if len(data) > maxSize {
		r.at(1, 1, "", "the file is larger than 1 MiB", "is this the right file?")
		return false
	}
	line, column := 1, 1
	for rest := data; len(rest) > 0; {
		c, size := utf8.DecodeRune(rest)
		switch {
		case c == utf8.RuneError && size == 1:
			r.at(line, column, "", fmt.Sprintf("the byte 0x%02X is no UTF-8", rest[0]), "save the file as UTF-8")
			return false
		case c < ' ' && c != '\t' && c != '\n' && c != '\r', c == 0x7F:
			r.at(line, column, "", fmt.Sprintf("the control character %U is not allowed", c), "is this a text file?")
			return false
		case c == '\r' && !bytes.HasPrefix(rest, []byte("\r\n")), c == '\u0085', c == '\u2028', c == '\u2029':
			// YAML begins a line here, editors do not: no line number would fit.
			r.at(line, column, "", fmt.Sprintf("the line end %U is not allowed", c), "end lines with a line feed")
			return false
		}
		rest = rest[size:]
		if column++; c == '\n' {
			line, column = line+1, 1
		}
	}
	return true
}

// blank returns the absent value of a shape.
func blank(s *shape, path string, line, column int) *value {
	v := &value{shape: s, path: path, line: line, column: column}
	if s.kind == mapping {
		v.keys = make(map[string]*value, len(s.keys))
		for _, k := range s.keys {
			v.keys[k.name] = blank(k.shape, join(path, k.name), line, column)
		}
	}
	return v
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// decoder fills values from YAML nodes.
type decoder struct{ *report }

// fill makes v what n says, or wrong. Only the schema decides how deep it goes,
// and no alias is ever followed, so that its work is bounded by the file.
func (d decoder) fill(v *value, n *yaml.Node) {
	v.line, v.column = n.Line, n.Column
	if p, ok := d.foreign(n); ok {
		d.wrong(v, p)
		return
	}
	if isNull(n) {
		// A group with all its keys commented out is no error.
		if v.shape.kind == scalar {
			d.wrong(v, problem{"there is no value", "give it one, or remove the key for the default"})
		}
		return
	}
	if found := kindOf(n); found != v.shape.kind {
		d.wrong(v, problem{
			fmt.Sprintf("%s is expected here, not %s", v.shape.kind, found),
			"write it like " + example(v.shape, v.path),
		})
		return
	}
	v.state = given
	switch v.shape.kind {
	case scalar:
		v.text = n.Value
	case list:
		for i, item := range n.Content {
			x := blank(v.shape.item, fmt.Sprintf("%s[%d]", v.path, i), item.Line, item.Column)
			if isNull(item) {
				d.wrong(x, problem{"this entry is empty", "give it a value, or remove it"})
			} else {
				d.fill(x, item)
			}
			v.items = append(v.items, x)
		}
	case mapping:
		d.fillKeys(v, n)
	}
}

func (d decoder) fillKeys(v *value, n *yaml.Node) {
	var misspelt []string
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		if d.full() {
			break
		}
		name, content := n.Content[i], n.Content[i+1]
		if p, ok := d.foreign(name); ok {
			d.at(name.Line, name.Column, v.path, p.message, p.hint)
			continue
		}
		if name.Kind != yaml.ScalarNode {
			d.at(name.Line, name.Column, v.path, "a key has to be a single word", "keys here are: "+strings.Join(v.shape.names(), ", "))
			continue
		}
		k, known := v.keys[name.Value]
		if !known {
			d.at(name.Line, name.Column, v.path, "unknown key "+quote(name.Value), unknownKeyHint(v.shape, name.Value))
			misspelt = append(misspelt, Suggest(name.Value, v.shape.names()))
			continue
		}
		if first, twice := seen[name.Value]; twice {
			d.at(name.Line, name.Column, k.path, fmt.Sprintf("this key stands in line %d already", first), "keep one of the two")
			continue
		}
		seen[name.Value] = name.Line
		d.fill(k, content)
	}
	for name, k := range v.keys {
		k.placeAbsent(v.line, v.column)
		if k.state == absent && slices.Contains(misspelt, name) {
			k.state = wrong // Nobody has to read that it is missing, too.
		}
	}
}

// placeAbsent sets the place at which an absent value is missed.
func (v *value) placeAbsent(line, column int) {
	if v.state != absent {
		return
	}
	v.line, v.column = line, column
	for _, k := range v.keys {
		k.placeAbsent(line, column)
	}
}

// foreign returns what is wrong with a node that uses more of YAML than a
// configuration needs.
func (decoder) foreign(n *yaml.Node) (problem, bool) {
	switch {
	case n.Kind == yaml.AliasNode:
		return problem{"the alias " + quote("*"+n.Value) + " is not understood here", "write the value out, or put it in quotes if it begins with *"}, true
	case n.Anchor != "":
		return problem{"the anchor " + quote("&"+n.Anchor) + " is not understood here", "leave it out, or put the value in quotes if it begins with &"}, true
	case n.Style&yaml.TaggedStyle != 0:
		return problem{"the type " + quote(n.Tag) + " is not understood here", "leave it out, or put the value in quotes if it begins with !"}, true
	}
	return problem{}, false
}

func unknownKeyHint(s *shape, name string) string {
	if slices.Contains([]string{"password", "passwd", "pass", "secret", "token", "key"}, strings.ToLower(name)) {
		return "secrets never stand in this file: credential names the file that holds one"
	}
	if Suggest(name, s.names()) == "" {
		if _, ok := schema.key(name); ok {
			return name + " belongs to the left, outside of all groups"
		}
		if parents := schema.parents(name); len(parents) > 0 {
			return fmt.Sprintf("%s belongs under %s", name, strings.Join(parents, " or "))
		}
	}
	return didYouMean(name, s.names(), "keys here are")
}

func isNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" && n.Style&yaml.TaggedStyle == 0
}

func kindOf(n *yaml.Node) kind {
	switch n.Kind {
	case yaml.SequenceNode:
		return list
	case yaml.MappingNode:
		return mapping
	}
	return scalar
}

// example returns how a value of this shape at this path is written.
func example(s *shape, path string) string {
	name := path[strings.LastIndexByte(path, '.')+1:]
	entry := strings.HasSuffix(name, "]")
	switch {
	case s.kind == scalar && entry:
		return "- value"
	case s.kind == scalar:
		return name + ": value"
	case s.kind == mapping && entry, s.kind == mapping && name == "":
		return s.keys[0].name + ": value, a key on each line"
	case s.kind == mapping:
		return fmt.Sprintf("%s: {%s: value}", name, s.keys[0].name)
	case s.item.kind == mapping:
		return fmt.Sprintf("- %s: value, under %s:", s.item.keys[0].name, name)
	}
	return name + ": [one, two]"
}
