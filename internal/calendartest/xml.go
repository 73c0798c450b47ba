package calendartest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// The namespaces of what clients ask for.
const (
	nsDAV    = "DAV:"
	nsCalDAV = "urn:ietf:params:xml:ns:caldav"
	nsServer = "http://calendarserver.org/ns/"
	nsApple  = "http://apple.com/ns/ical/"
)

// namespaces declares the prefixes that writeElement uses.
const namespaces = ` xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"` +
	` xmlns:cs="http://calendarserver.org/ns/" xmlns:ic="http://apple.com/ns/ical/"`

var prefixes = map[string]string{nsDAV: "d:", nsCalDAV: "c:", nsServer: "cs:", nsApple: "ic:"}

func dav(local string) xml.Name    { return xml.Name{Space: nsDAV, Local: local} }
func caldav(local string) xml.Name { return xml.Name{Space: nsCalDAV, Local: local} }

// escapeText escapes s for XML. It writes CR as a character reference, so that
// iCalendar text comes out of the parser as it went in.
func escapeText(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // A strings.Builder takes everything.
	return b.String()
}

// writeElement writes the element name around inner, which is XML already.
func writeElement(b *bytes.Buffer, name xml.Name, inner string) {
	tag := name.Local
	open := tag
	if p, ok := prefixes[name.Space]; ok {
		tag = p + tag
		open = tag
	} else if name.Space != "" {
		tag = "x:" + tag
		open = tag + ` xmlns:x="` + escapeText(name.Space) + `"`
	}
	if inner == "" {
		b.WriteString("<" + open + "/>")
		return
	}
	b.WriteString("<" + open + ">")
	b.WriteString(inner)
	b.WriteString("</" + tag + ">")
}

// element is a request body as a tree.
type element struct {
	name xml.Name
	attr []xml.Attr
	data []byte // all character data directly inside
	subs []*element
}

// Deeper or larger bodies than these are no requests of a calendar client.
const (
	maxDepth  = 32
	maxTokens = 1_000_000
)

// parseXML reads one document.
func parseXML(data []byte) (*element, error) {
	dec := xml.NewDecoder(bytes.NewReader(data))
	var root *element
	var open []*element
	for n := 0; ; n++ {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) && root != nil {
			return root, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			e := &element{name: t.Name, attr: t.Attr}
			if len(open) >= maxDepth || n > maxTokens {
				return nil, errors.New("the body is nested too deeply or too long")
			}
			if len(open) > 0 {
				parent := open[len(open)-1]
				parent.subs = append(parent.subs, e)
			} else if root == nil {
				root = e
			}
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1] // The decoder has matched the tags.
		case xml.CharData:
			if len(open) > 0 {
				parent := open[len(open)-1]
				parent.data = append(parent.data, t...)
			}
		}
	}
}

// text returns the character data directly inside e.
func (e *element) text() string { return string(e.data) }

// sub returns the first child of that name, nil if there is none. It may be
// called on nil.
func (e *element) sub(name xml.Name) *element {
	if e == nil {
		return nil
	}
	for _, s := range e.subs {
		if s.name == name {
			return s
		}
	}
	return nil
}

// all returns the children of that name.
func (e *element) all(name xml.Name) []*element {
	var found []*element
	for _, s := range e.subs {
		if s.name == name {
			found = append(found, s)
		}
	}
	return found
}

// attribute returns the value of an attribute without a namespace.
func (e *element) attribute(local string) string {
	for _, a := range e.attr {
		if a.Name.Space == "" && a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// names returns the names of e's children.
func (e *element) names() []xml.Name {
	var list []xml.Name
	for _, s := range e.subs {
		list = append(list, s.name)
	}
	return list
}
