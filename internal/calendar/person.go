package calendar

import (
	"slices"
	"time"
)

// Relation is what the other person of a pair is to the account's person.
type Relation string

// The relations of DESIGN §4. RelationNone is a person nobody described.
const (
	RelationNone Relation = ""
	Report       Relation = "report"
	Manager      Relation = "manager"
	Peer         Relation = "peer"
	Mentor       Relation = "mentor"
	Mentee       Relation = "mentee"
	Friend       Relation = "friend"
)

// Person is somebody with one or more addresses; may or may not have an
// account here.
type Person struct {
	Name      string
	Addresses []string // lower case; the first one names the person
	Zone      *time.Location
}

// Has reports whether address is one of p's.
func (p Person) Has(address string) bool {
	return slices.ContainsFunc(p.Addresses, func(a string) bool { return SameAddress(a, address) })
}
