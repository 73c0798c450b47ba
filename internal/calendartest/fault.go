package calendartest

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Action is what a fault does to a request.
type Action int

// The actions of faults.
const (
	Pass         Action = iota // nothing: only Fault.Before and Fault.After run
	Answer                     // answer with Fault.Status, which may be a success, and apply nothing
	AnswerInside               // answer 207 with Fault.Status inside, and apply nothing (Xandikos)
	CutBefore                  // cut the connection, and apply nothing
	CutAfter                   // apply the request, then cut the connection
	Twice                      // apply the request twice and give the second answer (Google)
)

// Writes as a Fault.Method stands for PUT and DELETE, and for Google's PATCH
// and the POST of an event.
const Writes = "writes"

// Fault is something that goes wrong with a request, once or always.
type Fault struct {
	Method     string                   // which requests: a method, Writes, or "" for all
	Match      func(*http.Request) bool // which of those; nil for all
	Nth        int                      // the n-th of those from now, counted from 1; 0 for each of them
	Do         Action
	Status     int    // for Answer and AnswerInside
	RetryAfter string // the header that comes with Answer; may be empty
	Reason     string // Google's word for what is wrong, with Answer; may be empty

	// Before runs before the request is applied, without a lock held: here a
	// person changes the object that the client is about to write, or time passes.
	Before func(*http.Request)
	// After runs when the request has been applied and nothing is answered
	// yet, without a lock held: here another client writes over what the
	// client has just written. It does not run when nothing was applied.
	After func(*http.Request)
}

func (f Fault) answer() answer {
	a := text(f.Status, "the server was told to answer like this")
	if f.RetryAfter != "" {
		a = a.with("Retry-After", f.RetryAfter)
	}
	return a
}

func (f Fault) concerns(r *http.Request) bool {
	switch f.Method {
	case "", r.Method:
	case Writes:
		if !isWrite(r) {
			return false
		}
	default:
		return false
	}
	return f.Match == nil || f.Match(r)
}

func isWrite(r *http.Request) bool {
	switch r.Method {
	case http.MethodPut, http.MethodDelete, http.MethodPatch:
		return true
	}
	return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/events")
}

// script is the list of faults to come. The first one whose turn it is wins.
type script struct {
	mu     sync.Mutex
	faults []Fault
	chance func(*http.Request) Fault
}

// Script adds faults, which count requests from now on. A fault with Nth is
// spent when it has happened.
func (d *DAV) Script(faults ...Fault) { d.script.add(faults) }

func (s *script) add(faults []Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// Chaos makes a share of the requests, between 0 and 1, suffer one of kinds
// (whose Nth does not count), the same ones for the same seed and the same
// order of requests. A share of 0 ends it.
func (d *DAV) Chaos(seed uint64, share float64, kinds ...Fault) { d.script.dice(seed, share, kinds) }

func (s *script) dice(seed uint64, share float64, kinds []Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if share <= 0 || len(kinds) == 0 {
		s.chance = nil
		return
	}
	dice := rand.New(rand.NewPCG(seed, 0))
	s.chance = func(r *http.Request) Fault {
		hit, f := dice.Float64() < share, kinds[dice.IntN(len(kinds))]
		if hit && f.concerns(r) {
			return f
		}
		return Fault{}
	}
}

// Heal forgets all faults.
func (d *DAV) Heal() { d.script.heal() }

func (s *script) heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.chance = nil, nil
}

// next returns what happens to r: the zero Fault for nothing. Every fault
// counts every request that concerns it, also when another one wins.
func (s *script) next(r *http.Request) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var due *Fault
	s.faults = slices.DeleteFunc(s.faults, func(f Fault) bool { return f.Nth < 0 })
	for i := range s.faults {
		f := &s.faults[i]
		if !f.concerns(r) {
			continue
		}
		turn := f.Nth == 0
		if f.Nth > 0 {
			if f.Nth--; f.Nth == 0 {
				turn, f.Nth = true, -1 // Spent: taken out before the next request.
			}
		}
		if turn && due == nil {
			happening := *f
			due = &happening
		}
	}
	switch {
	case due != nil:
		return *due
	case s.chance != nil:
		return s.chance(r)
	}
	return Fault{}
}
