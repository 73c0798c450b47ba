// Package retryafter reads how long a server asks to be left alone (RFC 9110
// §10.2.3). It decides nothing about what is done with that.
package retryafter

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longest is what is believed: a server that asks for more has a fault.
const longest = 7 * 24 * time.Hour

// In returns what the header Retry-After asks for, zero when there is none or
// it cannot be read. A date is compared with the server's own clock, so that it
// means what the server meant; only where the server does not tell the time is it
// compared with ours.
func In(h http.Header) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.Atoi(v); err == nil {
		return time.Duration(min(max(n, 0), int(longest/time.Second))) * time.Second
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	from, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		from = time.Now()
	}
	return min(max(0, at.Sub(from)), longest)
}
