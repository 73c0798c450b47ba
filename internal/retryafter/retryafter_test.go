package retryafter

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestIn(t *testing.T) {
	const noon, later = "Mon, 23 Nov 2026 12:00:00 GMT", "Mon, 23 Nov 2026 12:02:00 GMT"
	for name, c := range map[string]struct {
		value, date string
		want        time.Duration
	}{
		"none":                         {"", noon, 0},
		"seconds":                      {"120", "", 2 * time.Minute},
		"white space":                  {" 7 ", "", 7 * time.Second},
		"negative":                     {"-5", "", 0},
		"more than anybody means":      {"99999999", "", longest},
		"too large for a number":       {"99999999999999999999", "", 0},
		"a fraction":                   {"1.5", "", 0},
		"words":                        {"soon", noon, 0},
		"a date by the server's clock": {later, noon, 2 * time.Minute},
		"a date that is over":          {noon, later, 0},
		"a date in a hundred years":    {"Mon, 23 Nov 2126 12:00:00 GMT", noon, longest},
	} {
		t.Run(name, func(t *testing.T) {
			h := http.Header{"Retry-After": {c.value}, "Date": {c.date}}
			if got := In(h); got != c.want {
				t.Errorf("In(%v) = %v, want %v", h, got, c.want)
			}
		})
	}
}

func TestInByOurClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := http.Header{"Retry-After": {time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)}}
		if got := In(h); got != time.Minute {
			t.Errorf("In(%v) = %v, want a minute", h, got)
		}
	})
}
