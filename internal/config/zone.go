package config

import (
	_ "embed"
	"strings"
	"time"
)

// zoneNames are the names of the zones that people live in, one a line. They
// serve hints only: any other name that the system knows is as good.
//
//go:embed zones.txt
var zoneNames string

// parseZone reads the IANA name of a time zone.
func parseZone(name string) (*time.Location, error) {
	no := problem{"no such time zone " + quote(name), zoneHint(name)}
	for _, prefix := range []string{"right/", "posix/"} {
		// The former counts leap seconds, which nothing else here does.
		if strings.HasPrefix(name, prefix) {
			return nil, problem{quote(name) + " is a variant of a time zone", "write " + quote(name[len(prefix):])}
		}
	}
	switch name {
	case "":
		return nil, no
	case "Local", "localtime", "posixrules":
		return nil, problem{quote(name) + " is another time zone on every machine", zoneForm}
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, no
	}
	return zone, nil
}

const zoneForm = "write the zone's IANA name, such as Europe/Vienna"

// zoneHint finds the zone by a slip in its name or by its city.
func zoneHint(name string) string {
	names := strings.Fields(zoneNames)
	if w := nearest(name, names, 2); w != "" {
		return "did you mean " + quote(w) + "?"
	}
	city := strings.ReplaceAll(name[strings.LastIndexByte(name, '/')+1:], " ", "_")
	cities := make([]string, len(names))
	for i, n := range names {
		cities[i] = n[strings.LastIndexByte(n, '/')+1:]
	}
	if w := nearest(city, cities, 1); w != "" {
		for i, c := range cities {
			if c == w {
				return "did you mean " + quote(names[i]) + "?"
			}
		}
	}
	return zoneForm
}
