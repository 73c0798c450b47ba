package oneonone

import (
	"strings"

	"oneonone/internal/calendar"
)

// PlaceName is the town or office that a working-location event names, in a form
// in which the same place compares equal: its location, else its title, without
// regard to letter case and spaces (R31). Working from home is no place at which
// two people meet, and gives "".
func PlaceName(e calendar.Event) string {
	name := e.Location
	if strings.TrimSpace(name) == "" {
		name = e.Title
	}
	name = strings.ToLower(strings.Join(strings.Fields(name), " "))
	switch name {
	case "home", "working from home", "home office":
		return ""
	}
	return name
}
