package caldav

import (
	"bytes"
	"context"
	"encoding/xml"
	"net/http"
	"net/url"
	"time"
)

// The bodies of the requests. In a report the properties stand before the
// hrefs and filters: DAViCal ignores them elsewhere, though RFC 4791 §9 allows
// no other order anyway.
const (
	xmlHead = `<?xml version="1.0" encoding="utf-8"?>` + "\n"
	xmlns   = ` xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/"`

	findPrincipal = xmlHead + `<D:propfind` + xmlns + `><D:prop><D:current-user-principal/><D:resourcetype/>` +
		`<C:calendar-home-set/><C:schedule-outbox-URL/></D:prop></D:propfind>`
	// Neither sync-token nor getctag: some servers (Radicale) read all events of
	// all calendars to tell them.
	listCalendars = xmlHead + `<D:propfind` + xmlns + `><D:prop><D:resourcetype/><D:displayname/>` +
		`<C:supported-calendar-component-set/><C:calendar-timezone/><D:current-user-privilege-set/>` +
		`<D:supported-report-set/><C:schedule-default-calendar-URL/></D:prop></D:propfind>`
	findState = xmlHead + `<D:propfind` + xmlns + `><D:prop><CS:getctag/></D:prop></D:propfind>`
	listETags = xmlHead + `<D:propfind` + xmlns + `><D:prop><D:getetag/><D:resourcetype/></D:prop></D:propfind>`

	etagOnly = `<D:prop><D:getetag/></D:prop>`
	withData = `<D:prop><D:getetag/><C:calendar-data/></D:prop>`

	everyEvent = xmlHead + `<C:calendar-query` + xmlns + `>` + withData +
		`<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"/></C:comp-filter></C:filter></C:calendar-query>`
)

// syncBody asks for what changed since token; "" asks for everything. No limit
// is given: Nextcloud answered it with wrong tokens.
func syncBody(token, props string) string {
	return xmlHead + `<D:sync-collection` + xmlns + `><D:sync-token>` + escaped(token) +
		`</D:sync-token><D:sync-level>1</D:sync-level>` + props + `</D:sync-collection>`
}

// multigetBody asks for the objects at hrefs, spelled as the server does.
func multigetBody(hrefs []string) string {
	var b bytes.Buffer
	b.WriteString(xmlHead + `<C:calendar-multiget` + xmlns + `>` + withData)
	for _, h := range hrefs {
		b.WriteString("<D:href>" + escaped(h) + "</D:href>")
	}
	b.WriteString("</C:calendar-multiget>")
	return b.String()
}

func escaped(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a bytes.Buffer takes everything
	return b.String()
}

// answer is a multistatus and where it came from.
type answer struct {
	*multistatus
	url    *url.URL
	header http.Header
}

func (c *Client) propfind(ctx context.Context, u *url.URL, depth, body string, limit time.Duration) (answer, error) {
	return c.ask(ctx, request{method: "PROPFIND", url: u, depth: depth, body: []byte(body), limit: limit})
}

func (c *Client) report(ctx context.Context, u *url.URL, depth, body string, limit time.Duration) (answer, error) {
	return c.ask(ctx, request{method: "REPORT", url: u, depth: depth, body: []byte(body), limit: limit})
}

// ask sends a request that is answered with a multistatus.
func (c *Client) ask(ctx context.Context, r request) (answer, error) {
	var a answer
	r.kind = "application/xml; charset=utf-8"
	err := c.read(ctx, r, func(resp *response) error {
		switch {
		case webPage(resp.header) && (resp.status/100 == 2 || noDAV[resp.status]):
			return errWebPage
		case resp.status != http.StatusMultiStatus && resp.status != http.StatusOK:
			return failed(r.method, resp)
		}
		ms, err := decodeMultistatus(resp.body)
		a = answer{multistatus: ms, url: resp.url, header: resp.header}
		return err
	})
	return a, err
}

// noDAV are the answers of a plain web server to a method it does not know.
var noDAV = map[int]bool{http.StatusMethodNotAllowed: true, http.StatusNotImplemented: true}
