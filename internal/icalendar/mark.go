package icalendar

import "time"

// markName is the property that holds a calendar.Mark. It never changes:
// calendars in the field hold it.
const markName = "X-ONEONONE-MOVED"

const utcLayout = "20060102T150405Z"

func readUTC(s string) (time.Time, bool) {
	m, err := readWall(s)
	return m.wall, err == nil && m.style == inUTC
}
