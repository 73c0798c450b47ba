package icalendar

import (
	"strings"
	"unicode/utf8"
)

// unescape reads the value of a TEXT property (RFC 5545 §3.3.11). A bare comma
// or semicolon is itself, so is a character escaped without need, and a
// backslash before anything else is a backslash.
func unescape(value string) string {
	if strings.IndexByte(value, '\\') < 0 {
		return value
	}
	var b strings.Builder
	b.Grow(len(value))
	for at := 0; at < len(value); {
		c, n := textByte(value, at)
		b.WriteByte(c)
		at += n
	}
	return b.String()
}

// textByte returns the byte of text that stands at offset at of a TEXT value,
// and over how many bytes it stands there.
func textByte(value string, at int) (c byte, n int) {
	if value[at] != '\\' || at+1 == len(value) {
		return value[at], 1
	}
	switch value[at+1] {
	case 'n', 'N':
		return '\n', 2
	case '\\', ',', ';', ':', '"':
		return value[at+1], 2
	}
	return '\\', 1
}

// rawLen returns how many bytes of a TEXT value hold the first n bytes of its text.
func rawLen(value string, n int) int {
	at := 0
	for ; n > 0 && at < len(value); n-- {
		_, size := textByte(value, at)
		at += size
	}
	return at
}

var escaper = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

// escape writes text as the value of a TEXT property.
func escape(text string) string { return escaper.Replace(text) }

// clean returns what was read as text that can be kept and shown anywhere:
// valid UTF-8 without NUL, which PostgreSQL refuses.
func clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return s
}

// maxOctets is the length of a physical line without its end (RFC 5545 §3.1).
const maxOctets = 75

// fold writes text, which is to follow column octets that already stand in the
// physical line, in lines of at most 75 octets. It never parts the octets of a
// character.
func fold(b *strings.Builder, column int, text, eol string) {
	for len(text) > 0 {
		n := min(len(text), max(0, maxOctets-column))
		for n < len(text) && n > 0 && !utf8.RuneStart(text[n]) {
			n--
		}
		if n == 0 && column <= 1 {
			n = min(len(text), maxOctets-1) // no character is that long: not UTF-8
		}
		b.WriteString(text[:n])
		text = text[n:]
		if len(text) > 0 {
			b.WriteString(eol + " ")
			column = 1
		}
	}
}

// folded returns text as a whole content line with its line end.
func folded(text, eol string) string {
	var b strings.Builder
	fold(&b, 0, text, eol)
	b.WriteString(eol)
	return b.String()
}

// printable returns text as a calendar can hold it: valid UTF-8, lines parted by
// \n alone, no control characters (RFC 5545 §3.1), and none of those that some
// programs take for line ends.
func printable(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\u0085", "\n").Replace(strings.ToValidUTF8(text, "\ufffd"))
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == '\ufeff' {
			return -1
		}
		return r
	}, text)
}

// oneLine returns text without line ends and with single spaces.
func oneLine(text string) string { return strings.Join(strings.Fields(printable(text)), " ") }
