package caldav

import (
	"bytes"

	"oneonone/internal/calendar"
)

// property reads one property into p. Unknown ones are passed over.
func (d *decoder) property(n name, p *props) error {
	switch n {
	case name{nsDAV, "getetag"}:
		return d.into((*string)(&p.etag))
	case name{nsCalDAV, "calendar-data"}:
		return d.calendarData(p)
	case name{nsDAV, "displayname"}:
		return d.into(&p.name)
	case name{nsCS, "getctag"}:
		return d.into(&p.ctag)
	case name{nsCalDAV, "calendar-timezone"}:
		return d.into(&p.timezone)
	case name{nsDAV, "resourcetype"}:
		return d.resourceType(p)
	case name{nsCalDAV, "supported-calendar-component-set"}:
		return d.components(p)
	case name{nsDAV, "current-user-privilege-set"}:
		return d.privileges(p)
	case name{nsDAV, "supported-report-set"}:
		return d.reports(p)
	case name{nsDAV, "current-user-principal"}:
		return d.href(&p.principalURL)
	case name{nsCalDAV, "schedule-outbox-URL"}:
		return d.href(&p.outbox)
	case name{nsCalDAV, "schedule-default-calendar-URL"}:
		return d.href(&p.defaultCalendar)
	case name{nsCalDAV, "calendar-home-set"}:
		return d.homeSet(p)
	}
	return d.skip()
}

// calendarData reads an iCalendar object. XML does not carry a carriage return
// reliably (XML 1.0 §2.11), and iCalendar demands it (RFC 5545 §3.1): an object
// that comes without any gets them back, so that it reads as GET gives it.
func (d *decoder) calendarData(p *props) error {
	b, err := d.content(maxData)
	if err != nil {
		return err
	}
	p.tooBig = d.over
	if b = bytes.TrimLeft(b, " \t\r\n"); len(b) == 0 || d.over {
		return nil
	}
	if bytes.IndexByte(b, '\r') < 0 {
		p.data = bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))
		return nil
	}
	p.data = bytes.Clone(b)
	return nil
}

// href reads the first DAV:href inside the present element.
func (d *decoder) href(to *string) error {
	return d.children(func(n name) error {
		if n != (name{nsDAV, "href"}) || *to != "" {
			return d.skip()
		}
		return d.into(to)
	})
}

func (d *decoder) homeSet(p *props) error {
	return d.children(func(n name) error {
		if n != (name{nsDAV, "href"}) {
			return d.skip()
		}
		var home string
		err := d.into(&home)
		if home != "" && len(p.homes) < 100 {
			p.homes = append(p.homes[:len(p.homes):len(p.homes)], home)
		}
		return err
	})
}

func (d *decoder) resourceType(p *props) error {
	return d.children(func(n name) error {
		switch n {
		case name{nsDAV, "collection"}:
			p.collection = true
		case name{nsDAV, "principal"}:
			p.principal = true
		case name{nsCalDAV, "calendar"}:
			p.calendar = true
		default:
			p.other = p.other || notACalendar[n.local]
		}
		return d.skip()
	})
}

// notACalendar are the types of collections that some servers mark as calendars
// beside it, and whose events are not the account's own.
var notACalendar = map[string]bool{
	"schedule-inbox":   true,
	"schedule-outbox":  true,
	"subscribed":       true, // CalendarServer: a feed from elsewhere
	"trash-bin":        true, // Nextcloud
	"deleted-calendar": true, // Nextcloud
	"notification":     true,
	"dropbox-home":     true,
	"free-busy-url":    true,
}

// components reads which components a calendar takes (RFC 4791 §5.2.3).
func (d *decoder) components(p *props) error {
	p.hasComponents = true
	return d.children(func(n name) error {
		if n == (name{nsCalDAV, "comp"}) {
			for _, a := range d.attrs {
				p.events = p.events || a.name == "name" && a.value == "VEVENT"
			}
		}
		return d.skip()
	})
}

// privileges reads what the account may do (RFC 3744 §5.5). Only changes to
// what exists matter: the program makes no event of its own here.
func (d *decoder) privileges(p *props) error {
	p.hasPrivileges = true
	return d.children(func(name) error {
		return d.children(func(n name) error {
			switch n {
			case name{nsDAV, "all"}, name{nsDAV, "write"}, name{nsDAV, "write-content"}:
				p.write = true
			}
			return d.skip()
		})
	})
}

// reports looks for sync-collection at any depth: Xandikos leaves the
// DAV:report around the name out (RFC 3253 §3.1.5 has it).
func (d *decoder) reports(p *props) error {
	p.hasReports = true
	var visit func(name) error
	visit = func(n name) error {
		p.sync = p.sync || n == (name{nsDAV, "sync-collection"})
		return d.children(visit)
	}
	return d.children(visit)
}

// sameETag compares two ETags for "nothing has changed": quotes and the mark of
// weakness do not count, since some servers spell them differently in a header
// and in an answer. An ETag that is not known is equal to none.
func sameETag(a, b calendar.ETag) bool {
	return a != "" && bareETag(a) == bareETag(b)
}

func bareETag(e calendar.ETag) string {
	s := string(e)
	if len(s) > 2 && (s[:2] == "W/" || s[:2] == "w/") {
		s = s[2:]
	}
	if n := len(s); n >= 2 && s[0] == '"' && s[n-1] == '"' {
		s = s[1 : n-1]
	}
	return s
}
