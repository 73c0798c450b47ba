package calendartest

import (
	"encoding/xml"
	"net/http"
)

// propfind answers PROPFIND (RFC 4918 §9.1).
func (d *DAV) propfind(r *http.Request, n node, body []byte) answer {
	deep := false
	switch r.Header.Get("Depth") {
	case "0":
	case "1":
		deep = true
	default:
		return refusal(http.StatusForbidden, dav("propfind-finite-depth"))
	}
	if !n.exists() {
		return status(http.StatusNotFound)
	}
	var asked *element
	if len(body) > 0 {
		root, err := parseXML(body)
		if err != nil || root.name != dav("propfind") {
			return text(http.StatusBadRequest, "the body is not a DAV:propfind document")
		}
		asked = root
	}
	m := newMultistatus()
	d.describe(m, n, asked)
	if deep {
		for _, child := range d.children(n) {
			d.describe(m, child, asked)
		}
	}
	return m.answer()
}

// children are the nodes one level below n.
func (d *DAV) children(n node) []node {
	var list []node
	switch n.kind {
	case rootNode:
		list = append(list, node{kind: principalNode, user: n.user}, node{kind: homeNode, user: n.user})
	case homeNode:
		for _, name := range n.user.names() {
			list = append(list, node{kind: calendarNode, user: n.user, calendar: name})
		}
	case calendarNode:
		for _, name := range n.collection().names() {
			list = append(list, node{kind: objectNode, user: n.user, calendar: n.calendar, name: name})
		}
	}
	return list
}

// describe adds what a propfind body asks about n. No body asks for everything.
func (d *DAV) describe(m *multistatus, n node, asked *element) {
	path := n.path(d.style.EscapeAll)
	if asked.sub(dav("propname")) != nil {
		m.properties(path, propstat{code: http.StatusOK, names: d.namesOf(n)})
		return
	}
	var names []xml.Name
	if prop := asked.sub(dav("prop")); prop != nil {
		names = prop.names()
	} else {
		names = d.namesOf(n)
		if include := asked.sub(dav("include")); include != nil {
			names = append(names, include.names()...)
		}
	}
	found, missing := d.lookup(n, names)
	m.properties(path, found, missing)
}
