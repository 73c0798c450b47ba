package demo

import (
	_ "embed" // the configuration
	"strings"

	"oneonone/internal/config"
)

// person is one of the five.
type person struct {
	user string // also the local part of the address
	name string
	zone string
}

var (
	ann  = person{"ann", "Ann", vienna}
	bob  = person{"bob", "Bob", vienna}
	carl = person{"carl", "Carl", vienna}
	dora = person{"dora", "Dora", london}
	emil = person{"emil", "Emil", vienna}

	cast = []person{ann, bob, carl, dora, emil}
)

const (
	vienna = "Europe/Vienna"
	london = "Europe/London"

	// password is everybody's: the server is on loopback and holds nothing real.
	password = "demo"
	// domain is what their addresses end with.
	domain = "@demo.example"
	// calendarName is the one calendar that each of them has.
	calendarName = "work"
)

func (p person) address() string { return p.user + domain }

// called returns what the user is called.
func called(user string) string {
	if p, ok := personOf(user); ok {
		return p.name
	}
	return user
}

//go:embed demo.yaml
var configText string

// parseConfiguration reads the demonstration's configuration file; signIn is how
// each of the five gets at the own calendar.
func parseConfiguration(listen string, signIn func(person) string) (*config.Config, error) {
	text := strings.ReplaceAll(configText, "LISTEN", listen)
	for _, p := range cast {
		text = strings.ReplaceAll(text, "SIGN_IN_"+p.user, signIn(p))
	}
	return config.Parse("demo.yaml", []byte(text))
}
