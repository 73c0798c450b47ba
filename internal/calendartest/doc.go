// Package calendartest is what calendar providers are tested against, and the
// calendar server inside the demonstration.
//
// It has five parts, none of which knows the program's own clients:
//
//   - DAV, a CalDAV server in memory (RFC 4791, RFC 6578) that real clients can
//     use, that watches what is done to it (Violations), and that can be told to
//     behave as badly as servers in the field do (Style, Fault);
//   - Google, a Google Calendar in memory that refuses what the interface's
//     discovery document does not allow, and misbehaves in the same way;
//   - Radicale, Xandikos and Vdirsyncer, which run other people's servers and
//     their client on loopback;
//   - Suite, the conformance suite of calendar.Provider;
//   - Office, a generator of calendars as they are found in offices.
//
// The package does not import testing, so that the program, which carries DAV
// for its demonstration, does not carry the test framework too: TB is the part
// of testing.TB that is needed here.
package calendartest

// TB is the part of testing.TB that this package uses.
type TB interface {
	Helper()
	Error(args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
	TempDir() string
	Cleanup(func())
}
