package calendartest

import (
	"fmt"
	"net/http"
	"strings"
)

// syncToken names the state of c after the change with number seq. It is a
// URI, as RFC 6578 §4 demands.
func (d *DAV) syncToken(c *collection, seq uint64) string {
	return fmt.Sprintf("http://oneonone.invalid/sync/%d/%d/%d", d.epoch, c.id, seq)
}

// readToken returns the number of the change that token stands for. The empty
// token stands for nothing known.
func (d *DAV) readToken(c *collection, token string) (seq uint64, ok bool) {
	if token == "" {
		return 0, true
	}
	var epoch, id int
	n, err := fmt.Sscanf(token, "http://oneonone.invalid/sync/%d/%d/%d", &epoch, &id, &seq)
	ok = err == nil && n == 3 && token == d.syncToken(c, seq) && seq <= c.last
	return seq, ok
}

// sync answers sync-collection (RFC 6578 §3.2).
func (d *DAV) sync(n node, root *element) answer {
	c := n.collection()
	token := ""
	if e := root.sub(dav("sync-token")); e != nil {
		token = strings.TrimSpace(e.text())
	}
	since, ok := d.readToken(c, token)
	if !ok {
		return d.deadToken(c)
	}
	if d.style.RepeatLast && since > 0 && since == c.last {
		since--
	}
	w := wantedBy(root)
	if d.style.SyncWithoutData {
		w.data = false
	}
	m := newMultistatus()
	changes := c.since(since)
	reached := c.last
	if token == "" && !d.style.ListDeleted {
		changes = withoutDeleted(changes)
	}
	if d.style.Page > 0 && len(changes) > d.style.Page {
		changes = changes[:d.style.Page]
		reached = changes[len(changes)-1].seq
		m.item(n.path(d.style.EscapeAll), http.StatusInsufficientStorage,
			"<d:error><d:number-of-matches-within-limits/></d:error>")
	}
	for _, ch := range changes {
		o := node{kind: objectNode, user: n.user, calendar: n.calendar, name: ch.name}
		if ch.object == nil {
			m.item(o.path(d.style.EscapeAll), http.StatusNotFound, "")
		} else {
			d.describeObject(m, o, w)
		}
	}
	m.token(d.syncToken(c, reached))
	return m.answer()
}

func withoutDeleted(list []change) []change {
	var kept []change
	for _, ch := range list {
		if ch.object != nil {
			kept = append(kept, ch)
		}
	}
	return kept
}

// deadToken answers a token that the server does not know.
func (d *DAV) deadToken(c *collection) answer {
	switch d.style.DeadToken {
	case http.StatusInternalServerError:
		return text(http.StatusInternalServerError, "internal server error")
	case http.StatusMultiStatus:
		m := newMultistatus()
		m.token(d.syncToken(c, c.last))
		return m.answer()
	}
	return refusal(http.StatusForbidden, dav("valid-sync-token"))
}
