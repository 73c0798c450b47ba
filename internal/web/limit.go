package web

import (
	"hash/maphash"
	"net/netip"
	"time"

	"golang.org/x/time/rate"
)

// limits slows down who tries links that do not exist: 60 at once, then one in
// a second. Links that exist cost nothing, so people behind one proxy do
// not get into each other's way. Its size is fixed: clients share a place by
// chance, in a way nobody outside can predict, and none is ever thrown out.
type limits struct {
	seed   maphash.Seed
	places [1024]*rate.Limiter
}

func newLimits() *limits {
	l := &limits{seed: maphash.MakeSeed()}
	for i := range l.places {
		l.places[i] = rate.NewLimiter(rate.Every(time.Second), 60)
	}
	return l
}

// of returns the place of a client. An IPv6 client owns a whole /64.
func (l *limits) of(remote string) *rate.Limiter {
	ip := clientOf(remote)
	if ip.Is6() {
		ip = netip.PrefixFrom(ip.WithZone(""), 64).Masked().Addr()
	}
	return l.places[maphash.Comparable(l.seed, ip)%uint64(len(l.places))]
}
