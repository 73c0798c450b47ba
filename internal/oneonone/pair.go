package oneonone

import (
	"slices"
	"strings"

	"oneonone/internal/calendar"
)

// Directory knows which addresses belong to the same person. The key of a
// person is the first of the addresses; an address nobody described is a person
// of its own.
type Directory struct {
	keys map[string]string
}

// NewDirectory returns the directory of people. An address that two of them
// claim belongs to the first.
func NewDirectory(people []calendar.Person) Directory {
	d := Directory{keys: make(map[string]string)}
	for _, p := range people {
		for _, a := range p.Addresses {
			a = calendar.Address(a)
			if _, taken := d.keys[a]; !taken {
				d.keys[a] = calendar.Address(p.Addresses[0])
			}
		}
	}
	return d
}

// Key returns the key of the person who has address.
func (d Directory) Key(address string) string {
	a := calendar.Address(address)
	if k, ok := d.keys[a]; ok {
		return k
	}
	return a
}

// Pair is a relationship between two people (R3): it outlives every event. It
// holds the two keys in alphabetical order.
type Pair [2]string

// NewPair returns the pair of the people with keys a and b.
func NewPair(a, b string) Pair {
	p := Pair{a, b}
	slices.Sort(p[:])
	return p
}

// String returns the pair as the one text under which its agenda, history and
// budget are kept.
func (p Pair) String() string { return strings.Join(p[:], " ") }

// Other returns the key of the one of the two who is not key.
func (p Pair) Other(key string) string {
	if p[0] == key {
		return p[1]
	}
	return p[0]
}
