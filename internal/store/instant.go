package store

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// layout has a fixed width, so that the text of instants sorts as they do;
// time.RFC3339Nano does not ("…00Z" sorts after "…00.5Z").
const layout = "2006-01-02T15:04:05.000Z"

// instant is a time as the database holds it: UTC text with milliseconds, ""
// for the zero time. What is finer than a millisecond is cut off.
type instant time.Time

// cut returns t as the database will give it back.
func cut(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Millisecond)
}

// Value gives the database the text of i.
func (i instant) Value() (driver.Value, error) {
	t := cut(time.Time(i))
	if t.IsZero() {
		return "", nil
	}
	if y := t.Year(); y < 1 || y > 9999 {
		return nil, fmt.Errorf("the year %d cannot be stored", y)
	}
	return t.Format(layout), nil
}

// Scan reads the text that Value wrote; anything else is an error.
func (i *instant) Scan(src any) error {
	var text string
	switch v := src.(type) {
	case string:
		text = v
	case []byte:
		text = string(v)
	default:
		return fmt.Errorf("an instant is stored as text, not as %v", src)
	}
	if text == "" {
		*i = instant{}
		return nil
	}
	t, err := time.Parse(layout, text)
	if err != nil || len(text) != len(layout) {
		return fmt.Errorf("%q is not an instant as this program stores it", text)
	}
	*i = instant(t)
	return nil
}
