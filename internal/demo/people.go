package demo

import (
	_ "embed" // the configuration
	"os"
	"path/filepath"
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
	for _, p := range cast {
		if p.user == user {
			return p.name
		}
	}
	return user
}

//go:embed demo.yaml
var configText string

// configuration reads the demonstration's configuration file.
func configuration(davURL, listen string) (*config.Config, error) {
	text := strings.NewReplacer("DAV_URL", davURL, "LISTEN", listen).Replace(configText)
	return config.Parse("demo.yaml", []byte(text))
}

// writeCredentials writes everybody's password into dir, as the service expects them.
func writeCredentials(dir string) error {
	for _, p := range cast {
		if err := os.WriteFile(filepath.Join(dir, p.user), []byte(password+"\n"), 0o600); err != nil {
			return err
		}
	}
	return nil
}
