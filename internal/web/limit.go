package web

import (
	"hash/maphash"
	"net/netip"
	"time"

	"golang.org/x/time/rate"
)

// limits slows down who does something again and again: a burst at once, then
// one in every interval. Its size is fixed: those who are limited share a place by
// chance, in a way nobody outside can predict, and none is ever thrown out.
type limits struct {
	seed   maphash.Seed
	places [1024]*rate.Limiter
}

func newLimits(every time.Duration, burst int) *limits {
	l := &limits{seed: maphash.MakeSeed()}
	for i := range l.places {
		l.places[i] = rate.NewLimiter(rate.Every(every), burst)
	}
	return l
}

// ofClient returns the place of a client. An IPv6 client owns a whole /64.
func (l *limits) ofClient(remote string) *rate.Limiter {
	ip := clientOf(remote)
	if ip.Is6() {
		ip = netip.PrefixFrom(ip.WithZone(""), 64).Masked().Addr()
	}
	return l.places[maphash.Comparable(l.seed, ip)%uint64(len(l.places))]
}

// ofPage returns the place of the page with the token, whoever uses it: behind a
// proxy all people are one client.
func (l *limits) ofPage(token string) *rate.Limiter {
	return l.places[maphash.String(l.seed, token)%uint64(len(l.places))]
}
