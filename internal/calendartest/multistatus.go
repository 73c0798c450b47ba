package calendartest

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
)

// multistatus is a 207 answer in the making (RFC 4918 §13).
type multistatus struct {
	b bytes.Buffer
}

func newMultistatus() *multistatus {
	m := &multistatus{}
	m.b.WriteString(xml.Header + "<d:multistatus" + namespaces + ">\n")
	return m
}

func statusLine(code int) string {
	return fmt.Sprintf("<d:status>HTTP/1.1 %d %s</d:status>", code, http.StatusText(code))
}

// item adds a response that is a mere status: a 404 for what is gone, a 507
// for a truncated list. inner is XML that comes with it, or empty.
func (m *multistatus) item(href string, code int, inner string) {
	fmt.Fprintf(&m.b, "<d:response><d:href>%s</d:href>%s%s</d:response>\n", escapeText(href), statusLine(code), inner)
}

// propstat is one group of properties that share a status. The values are XML.
type propstat struct {
	code   int
	names  []xml.Name
	values []string
}

// properties adds a response with groups of properties; empty groups are left out.
func (m *multistatus) properties(href string, groups ...propstat) {
	m.b.WriteString("<d:response><d:href>" + escapeText(href) + "</d:href>")
	written := false
	for i, g := range groups {
		// RFC 4918 §14.24: a response has at least one propstat.
		if len(g.names) == 0 && (written || i < len(groups)-1) {
			continue
		}
		written = true
		m.b.WriteString("<d:propstat><d:prop>")
		for j, name := range g.names {
			value := ""
			if j < len(g.values) {
				value = g.values[j]
			}
			writeElement(&m.b, name, value)
		}
		m.b.WriteString("</d:prop>" + statusLine(g.code) + "</d:propstat>")
	}
	m.b.WriteString("</d:response>\n")
}

// token adds the sync token of the answer.
func (m *multistatus) token(token string) {
	writeElement(&m.b, dav("sync-token"), escapeText(token))
}

func (m *multistatus) answer() answer {
	m.b.WriteString("</d:multistatus>\n")
	a := status(http.StatusMultiStatus).with("Content-Type", "application/xml; charset=utf-8")
	a.body = m.b.Bytes()
	return a
}
