package cli

import (
	"context"
	"fmt"
	"slices"

	"oneonone/internal/config"
)

// auth signs in to Google, which this version cannot do yet. It says so instead
// of pretending.
func auth(_ context.Context, c *call) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	name := c.words[0]
	i := slices.IndexFunc(cfg.Accounts, func(a config.Account) bool { return a.Name == name })
	if i < 0 {
		var names []string
		for _, a := range cfg.Accounts {
			names = append(names, a.Name)
		}
		f := &failure{fmt.Sprintf("there is no account %q in the configuration", name), ""}
		if near := config.Suggest(name, names); near != "" {
			f.hint = fmt.Sprintf("did you mean %q?", near)
		}
		return f
	}
	if cfg.Accounts[i].Provider == config.CalDAV {
		return &failure{
			fmt.Sprintf("account %q is a CalDAV account, which needs no signing in", name),
			fmt.Sprintf("write its password into the file %q of the credentials directory", cfg.Accounts[i].Credential),
		}
	}
	return &failure{"google is not available in this version", "CalDAV accounts work; leave the account out for now"}
}
