package calendartest

import "strings"

// mask keeps of v what a partial response names: "a,b(c,d),e/f" or "*"
// (Drive and Docs, "Work with partial responses"). An empty mask keeps all.
func mask(v fields, names string) fields {
	if names == "" || names == "*" {
		return v
	}
	out := fields{}
	for _, name := range splitMask(names) {
		name, inner, nested := strings.Cut(name, "(")
		if nested {
			inner = strings.TrimSuffix(inner, ")")
		} else {
			name, inner, _ = strings.Cut(name, "/")
		}
		name = strings.TrimSpace(name)
		if value, ok := v[name]; ok {
			out[name] = maskValue(value, inner)
		}
	}
	return out
}

func maskValue(v any, names string) any {
	switch v := v.(type) {
	case fields:
		return mask(v, names)
	case []any:
		list := make([]any, len(v))
		for i, x := range v {
			list[i] = maskValue(x, names)
		}
		return list
	}
	return v
}

// splitMask splits at the commas that are outside of parentheses.
func splitMask(s string) []string {
	var parts []string
	depth, from := 0, 0
	for i, c := range s {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, s[from:i])
				from = i + 1
			}
		}
	}
	return append(parts, s[from:])
}
