package calendartest

import (
	"maps"
	"sync"
)

// Counters is what a server has been asked and has answered so far.
type Counters struct {
	Requests map[string]int // by method
	In, Out  int64          // bytes of the bodies, compressed where they were
}

// Total returns the number of requests.
func (c Counters) Total() int {
	n := 0
	for _, x := range c.Requests {
		n += x
	}
	return n
}

// Writes returns the number of requests that could have changed something.
func (c Counters) Writes() int {
	return c.Total() - c.Requests["GET"] - c.Requests["HEAD"] - c.Requests["OPTIONS"] -
		c.Requests[methodPropfind] - c.Requests[methodReport]
}

type counters struct {
	mu  sync.Mutex
	now Counters
}

func (c *counters) received(method string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now.Requests == nil {
		c.now.Requests = map[string]int{}
	}
	c.now.Requests[method]++
	c.now.In += int64(n)
}

func (c *counters) sent(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now.Out += int64(n)
}

// Counters returns the counters since the start or the last ResetCounters.
func (d *DAV) Counters() Counters { return d.counters.read() }

func (c *counters) read() Counters {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now
	now.Requests = maps.Clone(now.Requests)
	return now
}

// ResetCounters sets all counters to zero.
func (d *DAV) ResetCounters() { d.counters.reset() }

func (c *counters) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = Counters{}
}
