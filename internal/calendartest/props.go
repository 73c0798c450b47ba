package calendartest

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
)

// The properties of a calendar that have a meaning here and that clients may set.
var (
	propDisplayName = dav("displayname")
	propTimezone    = caldav("calendar-timezone")
	propColour      = xml.Name{Space: nsApple, Local: "calendar-color"}
)

// property is a live property: its value for a node as XML, and whether the
// node has it.
type property struct {
	name  xml.Name
	value func(d *DAV, n node) (inner string, ok bool)
}

// properties are the live ones, in the order in which allprop gives them.
var properties = []property{
	{dav("resourcetype"), resourceType},
	{propDisplayName, displayName},
	{dav("current-user-principal"), onAny(principalHref)},
	{dav("principal-URL"), on(principalNode, principalHref)},
	{dav("owner"), onOwned(principalHref)},
	{dav("principal-collection-set"), onAny(func(d *DAV, n node) string { return href("/dav/principals/") })},
	{dav("current-user-privilege-set"), onOwned(privileges)},
	{dav("supported-report-set"), supportedReports},
	{dav("getetag"), on(objectNode, func(d *DAV, n node) string { return escapeText(d.style.ETag.form(n.object().etag)) })},
	{dav("getcontenttype"), contentType},
	{dav("getcontentlength"), on(objectNode, func(d *DAV, n node) string { return fmt.Sprint(len(n.object().data)) })},
	{dav("sync-token"), syncTokenProperty},
	{xml.Name{Space: nsServer, Local: "getctag"}, on(calendarNode, func(d *DAV, n node) string { return escapeText(d.ctag(n.collection())) })},
	{caldav("calendar-home-set"), onAny(func(d *DAV, n node) string { return href(d.style.HomeBase + d.home(n).path(false)) })},
	{caldav("calendar-user-address-set"), on(principalNode, addresses)},
	{caldav("schedule-outbox-URL"), outbox},
	{caldav("supported-calendar-component-set"), on(calendarNode, func(*DAV, node) string { return `<c:comp name="VEVENT"/><c:comp name="VTODO"/>` })},
	{caldav("supported-calendar-data"), on(calendarNode, func(*DAV, node) string {
		return `<c:calendar-data content-type="text/calendar" version="2.0"/>`
	})},
	{caldav("max-resource-size"), on(calendarNode, func(*DAV, node) string { return fmt.Sprint(maxObject) })},
}

// outbox is that of a principal where the server delivers (RFC 6638 §2.1.1). There
// is nothing at it: clients that post to it do what the server does by itself.
func outbox(d *DAV, n node) (string, bool) {
	if n.kind != principalNode || !d.style.Delivers {
		return "", false
	}
	return href(principalPath(n) + "outbox/"), true
}

func principalPath(n node) string { return node{kind: principalNode, user: n.user}.path(false) }

// href is a DAV:href element.
func href(path string) string { return "<d:href>" + escapeText(path) + "</d:href>" }

// on makes a property that only nodes of that kind have.
func on(k kind, f func(*DAV, node) string) func(*DAV, node) (string, bool) {
	return func(d *DAV, n node) (string, bool) {
		if n.kind != k {
			return "", false
		}
		return f(d, n), true
	}
}

// onOwned makes a property that everything but the root has.
func onOwned(f func(*DAV, node) string) func(*DAV, node) (string, bool) {
	return func(d *DAV, n node) (string, bool) {
		if n.kind == rootNode {
			return "", false
		}
		return f(d, n), true
	}
}

// onAny makes a property that every node has.
func onAny(f func(*DAV, node) string) func(*DAV, node) (string, bool) {
	return func(d *DAV, n node) (string, bool) { return f(d, n), true }
}

func principalHref(_ *DAV, n node) string {
	return href(node{kind: principalNode, user: n.user}.path(false))
}

// home is the calendar home of n's user.
func (d *DAV) home(n node) node { return node{kind: homeNode, user: n.user} }

func resourceType(_ *DAV, n node) (string, bool) {
	switch n.kind {
	case principalNode:
		return "<d:collection/><d:principal/>", true
	case calendarNode:
		return "<d:collection/><c:calendar/>", true
	case objectNode:
		return "", true
	}
	return "<d:collection/>", true
}

func displayName(_ *DAV, n node) (string, bool) {
	switch n.kind {
	case principalNode, homeNode:
		return escapeText(n.user.Title), true
	case calendarNode:
		return n.dead(propDisplayName)
	}
	return "", false
}

func privileges(_ *DAV, n node) string {
	var b bytes.Buffer
	list := []string{"read", "read-current-user-privilege-set"}
	if n.kind != principalNode {
		list = append(list, "write", "write-properties", "write-content", "bind", "unbind")
	}
	for _, p := range list {
		b.WriteString("<d:privilege>")
		writeElement(&b, dav(p), "")
		b.WriteString("</d:privilege>")
	}
	return b.String()
}

func supportedReports(d *DAV, n node) (string, bool) {
	if n.kind != calendarNode {
		return "", false
	}
	reports := []xml.Name{caldav("calendar-query"), caldav("calendar-multiget")}
	if !d.style.NoSync {
		reports = append(reports, dav("sync-collection"))
	}
	var b bytes.Buffer
	for _, name := range reports {
		b.WriteString("<d:supported-report><d:report>")
		writeElement(&b, name, "")
		b.WriteString("</d:report></d:supported-report>")
	}
	return b.String(), true
}

func contentType(_ *DAV, n node) (string, bool) {
	switch n.kind {
	case objectNode:
		return "text/calendar; charset=utf-8; component=" + componentOf(n.object().data), true
	case calendarNode:
		return "text/calendar; charset=utf-8", true
	}
	return "", false
}

func syncTokenProperty(d *DAV, n node) (string, bool) {
	if n.kind != calendarNode || d.style.NoSync {
		return "", false
	}
	c := n.collection()
	return escapeText(d.syncToken(c, c.last)), true
}

// ctag changes with every change in the calendar.
func (d *DAV) ctag(c *collection) string { return fmt.Sprintf("%d-%d-%d", d.epoch, c.id, c.last) }

func addresses(d *DAV, n node) string {
	list := href(node{kind: principalNode, user: n.user}.path(false))
	for _, a := range n.user.Mail {
		list += href("mailto:" + a)
	}
	return list
}

// dead returns a property that a client has set, as XML.
func (n node) dead(name xml.Name) (string, bool) {
	if n.kind != calendarNode {
		return "", false
	}
	value, ok := n.collection().props[name]
	return escapeText(value), ok
}

// isLive reports whether name is kept by the server itself on a calendar.
func isLive(name xml.Name) bool {
	return name != propDisplayName && slices.ContainsFunc(properties, func(p property) bool { return p.name == name })
}

// find returns the value of a property of n.
func (d *DAV) find(n node, name xml.Name) (string, bool) {
	for _, p := range properties {
		if p.name == name {
			return p.value(d, n)
		}
	}
	return n.dead(name)
}

// lookup answers for the named properties: what there is, and what there is not.
func (d *DAV) lookup(n node, names []xml.Name) (found, missing propstat) {
	found.code, missing.code = 200, 404
	for _, name := range names {
		if value, ok := d.find(n, name); ok {
			found.names = append(found.names, name)
			found.values = append(found.values, value)
		} else {
			missing.names = append(missing.names, name)
		}
	}
	return found, missing
}

// namesOf returns the names of all properties that n has.
func (d *DAV) namesOf(n node) []xml.Name {
	var names []xml.Name
	for _, p := range properties {
		if _, ok := p.value(d, n); ok {
			names = append(names, p.name)
		}
	}
	if n.kind != calendarNode {
		return names
	}
	dead := slices.SortedFunc(maps.Keys(n.collection().props), func(a, b xml.Name) int {
		return slices.Compare([]string{a.Space, a.Local}, []string{b.Space, b.Local})
	})
	for _, name := range dead {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
