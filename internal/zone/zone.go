// Package zone finds the time zone that an iCalendar TZID means: by its name
// where the name says enough (Resolve), else by the VTIMEZONE that the calendar
// object carries (Custom). It never reads the zone of the host, and it has no
// clock. The zones themselves come from the time package's database.
package zone

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// maxName bounds what is looked up; no zone has a longer name.
const maxName = 255

// Resolve returns the zone that tzid names. The first that knows it wins:
//
//  1. UTC in its spellings, and the names of the IANA database;
//  2. an IANA name after a prefix of the calendar's maker, as in
//     "/freeassociation.sourceforge.net/Europe/Berlin" or "custom_Pacific/Fiji";
//  3. the names Windows uses, and those it shows;
//  4. custom, if it is not nil;
//
// else an error says so for a person. A known name is preferred to the
// object's own VTIMEZONE because what programs write there is often out of date.
// Quotes around the name and spaces do not matter, nor does case.
//
// "Local", "localtime" and the like are not names of zones: they would be the
// host's. Callers keep the result for an object; only names of the database are
// remembered here.
func Resolve(tzid string, custom *Custom) (*time.Location, error) {
	name := strings.Trim(strings.TrimSpace(tzid), `"' `)
	if name != "" && len(name) <= maxName {
		if loc := byName(name); loc != nil {
			return loc, nil
		}
	}
	if custom != nil {
		loc, err := custom.Location()
		if err != nil {
			return nil, fmt.Errorf("time zone %q: %w", shorten(tzid), err)
		}
		return loc, nil
	}
	return nil, fmt.Errorf("unknown time zone %q, and the event brings no definition of it", shorten(tzid))
}

func byName(name string) *time.Location {
	if loc := iana(name); loc != nil {
		return loc
	}
	if loc := suffix(name); loc != nil {
		return loc
	}
	key := strings.ToLower(name)
	if utc[key] {
		return time.UTC
	}
	known, ok := windows[key]
	if !ok {
		known, ok = windows[places[place(key)]]
	}
	if !ok {
		return nil
	}
	return iana(known)
}

// utc are the spellings of UTC that the database does not have.
var utc = map[string]bool{
	"utc": true, "z": true, "gmt": true, "zulu": true, "uct": true, "universal": true, "etc/utc": true, "etc/gmt": true,
	"utc+0": true, "utc-0": true, "gmt+0": true, "gmt-0": true, "utc+00:00": true, "utc-00:00": true, "gmt+00:00": true,
	"gmt-00:00": true, "utc+0000": true, "gmt+0000": true, "gmt0": true, "coordinated universal time": true, "(utc) coordinated universal time": true,
	"greenwich mean time": true, "tzone://microsoft/utc": true,
}

// hosts are entries of zone directories that are no zones, or the host's own.
var hosts = map[string]bool{"local": true, "localtime": true, "posixrules": true, "factory": true}

var database sync.Map // IANA name → *time.Location

// iana returns the zone of the IANA database with that name, nil if there is
// none.
func iana(name string) *time.Location {
	lower := strings.ToLower(name)
	if name == "" || hosts[lower] || strings.HasPrefix(lower, "right/") || strings.HasPrefix(lower, "posix/") || !plain(name) {
		return nil
	}
	if loc := load(name); loc != nil {
		return loc
	}
	if name = titled(lower); name != "" {
		return load(name)
	}
	return nil
}

// load reads a zone once: reading it takes longer than expanding a series.
func load(name string) *time.Location {
	if loc, ok := database.Load(name); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	database.Store(name, loc)
	return loc
}

// plain reports whether name has only characters that names of zones have, so
// that nothing else ever reaches the file system.
func plain(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && c != '/' && c != '_' && c != '-' && c != '+' {
			return false
		}
	}
	return true
}

// titled gives a name the case most zones have, "Europe/Berlin" for
// "europe/berlin"; "" when the name is of another kind.
func titled(lower string) string {
	if !strings.Contains(lower, "/") {
		return ""
	}
	b := []byte(lower)
	for i, c := range b {
		start := i == 0 || b[i-1] == '/' || b[i-1] == '_' || b[i-1] == '-'
		if start && 'a' <= c && c <= 'z' {
			b[i] -= 'a' - 'A'
		}
	}
	return string(b)
}

// suffix looks for the longest IANA name with an area ("Area/Place") at the end
// of name, after a slash or an underscore.
func suffix(name string) *time.Location {
	for i := range len(name) {
		if c := name[i]; c != '/' && c != '_' {
			continue
		}
		if rest := name[i+1:]; strings.Contains(rest, "/") {
			if loc := iana(rest); loc != nil {
				return loc
			}
		}
	}
	return nil
}

// place returns the first place of a name as Windows shows it, without
// the offset: "amsterdam" for "(utc+01:00) amsterdam, berlin".
func place(name string) string {
	if strings.HasPrefix(name, "(") {
		_, rest, _ := strings.Cut(name, ")")
		name = strings.TrimSpace(rest)
	}
	if _, rest, found := strings.Cut(name, ": "); found {
		name = rest // "Greenwich Mean Time : Dublin, Edinburgh, …"
	}
	first, _, _ := strings.Cut(name, ",")
	first, _, _ = strings.Cut(first, " / ") // as Lotus lists them
	return strings.TrimSpace(first)
}

func shorten(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}
