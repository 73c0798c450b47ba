package config

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// syntaxProblem says in our words what the library stumbled over. Of what it
// does not know it tells the library's words.
func syntaxProblem(e *yaml.LoadError, data []byte) problem {
	const alike = "indent the keys of a group alike, and more than the key they belong to"
	began := ""
	if e.ContextMark.Line > 0 {
		began = fmt.Sprintf(" that begins in line %d", e.ContextMark.Line)
	}
	switch e.Message {
	case "found character that cannot start any token":
		c := charAt(data, e.Mark.Line, e.Mark.Column)
		if c == '\t' {
			return problem{"a tab stands here", "YAML is indented with spaces only"}
		}
		return problem{fmt.Sprintf("a value cannot begin with %q", c), "put the value in quotes"}
	case "mapping values are not allowed in this context":
		return problem{`a ":" stands where no key can be`, `look for a key without ":" before it; ` + alike + `; put a value that has ": " in it in quotes`}
	case "did not find expected key":
		return problem{"this line does not fit the group" + began, alike}
	case "did not find expected '-' indicator":
		return problem{"this line does not fit the list" + began, alike}
	case "did not find expected ',' or ']'":
		return problem{"the list" + began + " goes on wrongly", "put commas between its values and a ] behind the last"}
	case "did not find expected ',' or '}'":
		return problem{"the group" + began + " goes on wrongly", "put commas between its keys and a } behind the last"}
	case "found unexpected end of stream":
		return problem{"the text in quotes that begins here has no end", "put the same quote behind it"}
	case "could not find expected ':'":
		return problem{`a ":" is missing behind this key`, `write a key as key: value`}
	}
	p := problem{message: "this is not YAML: " + strings.TrimPrefix(e.Message, "yaml: ")}
	if e.ContextMsg != "" {
		p.message += " " + e.ContextMsg + began
	}
	return p
}

// syntaxPlace returns where a person has to look: at the beginning of what has no
// end, else where the library stumbled, which can be behind the last line.
func syntaxPlace(e *yaml.LoadError, data []byte) (line, column int) {
	at := e.Mark
	switch e.Message {
	case "could not find expected ':'", "found unexpected end of stream":
		if e.ContextMark.Line > 0 {
			at = e.ContextMark
		}
	}
	if last := 1 + bytes.Count(data, []byte("\n")); at.Line > last {
		return last, 1
	}
	return at.Line, at.Column
}

// charAt returns the character at a place, counted from 1; 0 if there is none.
func charAt(data []byte, line, column int) rune {
	n := 0
	for l := range bytes.Lines(data) {
		if n++; n != line {
			continue
		}
		for _, c := range string(l) {
			if column--; column == 0 {
				return c
			}
		}
	}
	return 0
}
