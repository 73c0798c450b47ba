package icalendar

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// linkParam is the value of our parameter on the agenda's ATTACH.
const linkParam = "agenda"

// setLink replaces the agenda attachment; "" removes it. Attachments of others
// are not touched.
func (d *draft) setLink(url string) error {
	if strings.ContainsFunc(url, func(r rune) bool { return r <= ' ' || r == 0x7f || r == utf8.RuneError }) {
		return errors.New("the address of the agenda holds a character that no address may hold")
	}
	set := url == ""
	d.rewrite(func(l line) string {
		switch _, value, _ := splitLine(l.text); {
		case !isLink(l):
			return l.text
		case set:
			return ""
		default:
			set = true
			return l.text[:len(l.text)-len(value)] + url
		}
	})
	if !set {
		d.splice(d.insert, d.insert, folded("ATTACH;"+ours+"="+linkParam+";FMTTYPE=text/html;FILENAME=Agenda:"+url, d.eol))
	}
	return nil
}

// isLink reports whether l is the program's attachment. An attachment of others
// may hold a whole file.
func isLink(l line) bool {
	if l.name != "ATTACH" || !strings.Contains(l.text[:min(len(l.text), 1024)], ours) {
		return false
	}
	params, _, ok := splitLine(l.text)
	is, _ := paramValue(params, ours)
	return ok && strings.EqualFold(is, linkParam)
}
