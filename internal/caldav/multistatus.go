package caldav

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"oneonone/internal/calendar"
)

const (
	maxAnswer = 256 << 20 // bytes of one answer, unpacked
	maxData   = 4 << 20   // bytes of one calendar object
	maxValue  = 256 << 10 // bytes of any other property
)

// The namespaces of the properties that are read.
const (
	nsDAV    = "DAV:"
	nsCalDAV = "urn:ietf:params:xml:ns:caldav"
	nsCS     = "http://calendarserver.org/ns/"
)

var (
	errWebPage = errors.New("that is a web page, not a CalDAV server")
	errTooLong = fmt.Errorf("the server's answer is longer than %d MiB", maxAnswer>>20)
)

// multistatus is a 207 answer (RFC 4918 §13).
type multistatus struct {
	items     []item
	syncToken string // RFC 6578 §6.2; "" when there was none
}

// item is one response of a multistatus. props holds the properties with a 2xx
// status only.
type item struct {
	href    string // as the server spells it; "" from iCloud at times
	status  int    // of the response as a whole, 0 when only properties have one
	failed  int    // the status of the properties that were not had, 0 if none
	element string // the precondition the server names (RFC 4918 §16)
	props
}

// props are the properties of one resource.
type props struct {
	etag     calendar.ETag
	data     []byte // nil when the answer has none
	tooBig   bool   // data was longer than maxData and is not here
	name     string
	ctag     string
	timezone string // iCalendar with a VTIMEZONE

	collection, calendar, principal bool
	other                           bool // a collection that is no plain calendar: inbox, trash, subscription

	hasComponents, events bool // supported-calendar-component-set
	hasPrivileges, write  bool // current-user-privilege-set
	hasReports, sync      bool // supported-report-set

	principalURL, outbox, defaultCalendar string
	homes                                 []string
}

// decoder reads a multistatus from a scanner.
type decoder struct {
	*scanner
	scratch []byte
	over    bool // the last text was cut
}

// decodeMultistatus reads a 207 answer. An answer that is cut short or is no
// multistatus is an error; nothing that stands in one item is.
func decodeMultistatus(r io.Reader) (*multistatus, error) {
	d := &decoder{scanner: newScanner(&capped{r: r, left: maxAnswer})}
	if err := d.root("multistatus"); err != nil {
		return nil, err
	}
	ms := new(multistatus)
	err := d.children(func(n name) error {
		switch n {
		case name{nsDAV, "response"}:
			it, err := d.response()
			ms.items = append(ms.items, it)
			return err
		case name{nsDAV, "sync-token"}:
			return d.into(&ms.syncToken)
		}
		return d.skip()
	})
	if err != nil {
		return nil, err
	}
	// What follows the root must not be another document: two answers glued
	// together by a proxy are no answer.
	if _, err := d.next(); err != io.EOF {
		return nil, errors.Join(errXML, err)
	}
	return ms, nil
}

// root reads up to the start of the document's element, which must be local in
// the DAV namespace.
func (d *decoder) root(local string) error {
	_, err := d.next()
	if err != nil {
		return err
	}
	if strings.EqualFold(d.name.local, "html") {
		return errWebPage
	}
	if d.name != (name{nsDAV, local}) {
		return fmt.Errorf("%w: it begins with <%.60s>", errXML, d.name.local)
	}
	return nil
}

// children calls visit for each element inside the present one; visit has to
// read that element to its end.
func (d *decoder) children(visit func(name) error) error {
	for {
		ev, err := d.next()
		if err != nil {
			return cutShort(err)
		}
		switch ev {
		case endTag:
			return nil
		case startTag:
			if err := visit(d.name); err != nil {
				return err
			}
		}
	}
}

func cutShort(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// skip reads the present element to its end.
func (d *decoder) skip() error {
	return d.children(func(name) error { return d.skip() })
}

// content returns the character data of the present element, at most limit
// bytes of it; d.over says that there was more. It is valid until the next
// call.
func (d *decoder) content(limit int) ([]byte, error) {
	d.scratch, d.over = d.scratch[:0], false
	for {
		ev, err := d.next()
		if err != nil {
			return nil, cutShort(err)
		}
		switch ev {
		case endTag:
			return d.scratch, nil
		case startTag:
			if err := d.skip(); err != nil {
				return nil, err
			}
		case textRun:
			if len(d.scratch)+len(d.text) > limit {
				d.over = true
			} else if !d.over {
				d.scratch = append(d.scratch, d.text...)
			}
		}
	}
}

// into stores the text of the present element, without the space around it.
func (d *decoder) into(to *string) error {
	b, err := d.content(maxValue)
	*to = string(bytes.TrimSpace(b))
	return err
}

func (d *decoder) response() (item, error) {
	var it item
	err := d.children(func(n name) error {
		switch n {
		case name{nsDAV, "href"}:
			var href string
			err := d.into(&href)
			if it.href == "" {
				it.href = href
			}
			return err
		case name{nsDAV, "status"}:
			return d.status(&it.status)
		case name{nsDAV, "propstat"}:
			return d.propstat(&it)
		case name{nsDAV, "error"}:
			return d.precondition(&it.element)
		}
		return d.skip()
	})
	return it, err
}

// propstat reads one group of properties with the status they share, which may
// stand before or behind them. Only those that were had count: some servers
// fill in empty values for the others.
func (d *decoder) propstat(it *item) error {
	status, had, element := 0, it.props, ""
	err := d.children(func(n name) error {
		switch n {
		case name{nsDAV, "status"}:
			return d.status(&status)
		case name{nsDAV, "prop"}:
			return d.children(func(n name) error { return d.property(n, &had) })
		case name{nsDAV, "error"}:
			return d.precondition(&element)
		}
		return d.skip()
	})
	if status == 0 || status/100 == 2 {
		it.props = had
	} else {
		it.failed = status
	}
	if it.element == "" {
		it.element = element
	}
	return err
}

// status reads "HTTP/1.1 207 Multi-Status", whose reason some servers leave
// out.
func (d *decoder) status(to *int) error {
	var line string
	if err := d.into(&line); err != nil {
		return err
	}
	for _, word := range strings.Fields(line) {
		if n, err := strconv.Atoi(word); err == nil && n >= 100 && n <= 999 {
			*to = n
			return nil
		}
	}
	*to = 500 // a status nobody can read is no success
	return nil
}

// precondition reads the name of the first element inside DAV:error.
func (d *decoder) precondition(to *string) error {
	return d.children(func(n name) error {
		if *to == "" {
			*to = n.local
		}
		return d.skip()
	})
}

// capped fails when more than left bytes are read.
type capped struct {
	r    io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errTooLong
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}
