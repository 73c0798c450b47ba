package calendartest

import "strings"

// Style is how a server differs from a faultless one, for as long as it runs.
// Every field stands for something that a server in the field does.
type Style struct {
	// NoSync offers no sync-collection: changes show in ctag and ETags only.
	NoSync bool
	// SyncWithoutData leaves calendar-data out of sync-collection answers
	// (Xandikos, DAViCal).
	SyncWithoutData bool
	// RepeatLast lists the last change again and again though the token
	// already covers it (SOGo).
	RepeatLast bool
	// ListDeleted names deleted objects as 404 in the first sync (Radicale).
	ListDeleted bool
	// Page is the largest number of objects in one sync-collection answer, the
	// rest announced by a 507 item (RFC 6578 §3.6); 0 for no limit.
	Page int
	// DeadToken is the status that answers an unknown sync token: 0 and 403
	// for valid-sync-token as RFC 6578 demands, 500 (Xandikos), 207 for an empty
	// answer with a new token as if nothing had happened (SOGo, DAViCal).
	DeadToken int
	// ETag is the form of the ETags.
	ETag ETagForm
	// NoETagOnPut leaves the ETag out of the answer to a PUT (RFC 4791 §5.3.4).
	NoETagOnPut bool
	// RefuseInside wraps the refusal of a PUT into a 207 (Xandikos).
	RefuseInside bool
	// EscapeAll spells hrefs with %40 and %2B (Radicale) where others write "@" and "+".
	EscapeAll bool
	// RawCR writes the CR of iCalendar lines as they are into XML, where a
	// parser must drop them (XML 1.0 §2.11), instead of as character references.
	RawCR bool
	// HomeBase is put before the path of the calendar home, such as
	// "https://p01.example.com" (iCloud names a home on another host).
	HomeBase string
	// Careless looks at no condition: If-Match and If-None-Match let everybody
	// win (SOGo, and every server that looks at them and writes in two steps).
	Careless bool
	// Rewrite, if set, is what a PUT stores in place of what it was sent, as
	// most servers do: Radicale sorts the properties, Cyrus splits lists, SOGo
	// adds some. The ETag is then left out of the answer. It must not change
	// its argument.
	Rewrite func([]byte) []byte
	// Lax stores whatever is sent, without a look at it.
	Lax bool
	// Delivers makes the server bring invitations and answers to those of its
	// users whom they concern (RFC 6638), and say so.
	Delivers bool
}

// ETagForm is how a server spells its ETags.
type ETagForm int

// The forms of ETags. Only the first one is what RFC 4791 §5.3.4 demands.
const (
	StrongETags   ETagForm = iota
	WeakETags              // W/"1", and takes that back in If-Match
	UnquotedETags          // 1 (mailbox.org)
)

// form spells the strong ETag etag.
func (f ETagForm) form(etag string) string {
	switch f {
	case WeakETags:
		return "W/" + etag
	case UnquotedETags:
		return strings.Trim(etag, `"`)
	}
	return etag
}
