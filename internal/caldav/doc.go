// Package caldav is a calendar.Provider for CalDAV servers (RFC 4791): a thin
// client over net/http that keeps the hrefs, the ETags and the iCalendar text
// of the server exactly as they came. It knows the ways of servers; it knows
// nothing of meetings.
//
// # What it relies on, and what it does not
//
// Whole calendars are mirrored. No time-range, expand or free-busy report is
// ever sent: half of the servers answer them wrongly. Changes come from
// sync-collection (RFC 6578) where it is offered, else from getctag and a list
// of ETags. A sync token is treated as "at least this has changed": repeats are
// dropped by comparing ETags with what the caller holds, and a token that the
// server does not know any more leads to a comparison of everything. Some
// servers answer a dead token with "nothing changed"; that is why the caller
// has to ask for a full comparison (an empty Since.Cursor) now and then.
//
// One item that cannot be had never costs the others: it is named in
// Changes.Skipped with the reason. An answer that is cut short, on the other
// hand, is an error as a whole, since a missing item in it would read as a
// deleted event.
//
// # Where the password goes
//
// HTTP Basic is the only scheme, and it is sent unasked, for some servers show
// strangers a smaller tree instead of asking. The password goes to
//
//   - the origin (scheme, host and port) of Options.URL;
//   - the https port of the same host, when a redirect leads there;
//   - another https origin, if an answer from one of these over https named it
//     as a redirect's target, a principal, a calendar home or a calendar. iCloud keeps the
//     homes of its users on other hosts than the one where discovery starts.
//
// It never follows a way from https to http, and never goes to another host
// over http. An event whose href points to another host than its calendar is
// fetched from the calendar's host.
//
// # Writes
//
// A write is one PUT with If-Match, sent once and never repeated, followed by a
// GET whose answer is returned: several servers let two writers with the same
// ETag both win, so the caller has to compare what is stored with what was
// meant.
//
// A new object is one PUT with If-None-Match at a place that a GET found empty.
// A DELETE with If-Match is sent for nothing but what the program made and may
// take away (calendar.Author), after a GET that found it unchanged, and counts
// when another GET finds nothing. Where the caller wants nobody told, these carry
// Schedule-Reply: F.
package caldav
