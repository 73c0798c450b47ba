package icalendar

import "strings"

// param is one parameter of a content line (RFC 5545 §3.2).
type param struct {
	name  string // in upper case
	value string // without quotes; of a list all of it
	raw   string // as it stands in the line, without the semicolon before it
}

// splitLine takes a content line apart into its parameters and its value. It
// forgives what clients in the wild get wrong about quotes inside a parameter.
// ok is false when there is no colon outside quotes: such a line has no value.
func splitLine(text string) (params []param, value string, ok bool) {
	at := strings.IndexAny(text, ";:")
	for at >= 0 && at < len(text) && text[at] == ';' {
		stop := paramEnd(text, at+1)
		if stop == len(text) {
			return nil, "", false
		}
		raw := text[at+1 : stop]
		name, v, _ := strings.Cut(raw, "=")
		if params == nil {
			params = make([]param, 0, 4)
		}
		params = append(params, param{
			name:  strings.ToUpper(strings.TrimSpace(name)),
			value: strings.ReplaceAll(v, `"`, ""),
			raw:   raw,
		})
		at = stop
	}
	if at < 0 || at == len(text) {
		return nil, "", false
	}
	return params, text[at+1:], true
}

// paramEnd returns the offset of the semicolon or colon that ends the
// parameter at offset at, or the length of the text when nothing does.
func paramEnd(text string, at int) int {
	quoted := false
	for ; at < len(text); at++ {
		switch c := text[at]; {
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ';' || c == ':'):
			return at
		}
	}
	return at
}

// paramValue returns the value of the first of params with the name.
func paramValue(params []param, name string) (string, bool) {
	for _, p := range params {
		if p.name == name {
			return p.value, true
		}
	}
	return "", false
}

// setParam returns the line with the parameter name set to value: in its place
// when the line has it, else behind the others. All the rest stays as it was.
func setParam(text, name, value string) string {
	params, v, ok := splitLine(text)
	if !ok {
		return text
	}
	var b strings.Builder
	b.WriteString(text[:strings.IndexAny(text, ";:")])
	set := false
	for _, p := range params {
		if p.name != name {
			b.WriteString(";" + p.raw)
		} else if !set {
			set = true
			b.WriteString(";" + name + "=" + value)
		}
	}
	if !set {
		b.WriteString(";" + name + "=" + value)
	}
	b.WriteString(":" + v)
	return b.String()
}

// dropParam returns the line without the parameter name.
func dropParam(text, name string) string {
	params, v, ok := splitLine(text)
	if !ok {
		return text
	}
	var b strings.Builder
	b.WriteString(text[:strings.IndexAny(text, ";:")])
	for _, p := range params {
		if p.name != name {
			b.WriteString(";" + p.raw)
		}
	}
	b.WriteString(":" + v)
	return b.String()
}
