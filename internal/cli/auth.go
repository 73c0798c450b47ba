package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"oneonone/internal/app"
	"oneonone/internal/config"
	"oneonone/internal/google"
)

// auth lets the person of an account sign in to Google, and keeps what Google
// grants in the credential file.
func auth(ctx context.Context, c *call) error {
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
	acc := cfg.Accounts[i]
	if acc.Provider == config.CalDAV {
		return &failure{
			fmt.Sprintf("account %q is a CalDAV account, which has a password and needs no signing in", name),
			fmt.Sprintf("write its password into the file %q of the credentials directory", acc.Credential),
		}
	}
	file, err := app.CredentialFile(c.credentialsDir(), acc)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var unwritten error
	err = google.Authorize(ctx, google.Authorization{Credential: file, Documents: app.KeepsDocuments(cfg, acc), Meet: acc.Meet, Pasted: c.env.Stdin, Transport: c.env.Transport, Show: func(address string) {
		// Nobody can answer an address that was not told.
		if unwritten = write(c.env.Stdout, signInText(name, address)); unwritten != nil {
			stop()
		}
	}})
	var place *fs.PathError
	switch {
	case unwritten != nil:
		return unwritten
	case errors.As(err, &place):
		return &failure{
			fmt.Sprintf("the credential file %s cannot be read and replaced: %v", file, place.Err),
			"the file and its directory have to be writable: run it as their owner, with --credentials DIR; what systemd hands to the service is a copy",
		}
	case err != nil:
		return err
	}
	return write(c.env.Stdout, fmt.Sprintf("Account %q is signed in; %s holds what Google granted. A running service takes it in after a restart.\n"+
		"If the OAuth client is still in \"Testing\", Google ends this sign-in after seven days:\n"+
		"publish the client in the Google Cloud console, and run \"oneonone auth %s\" once more.\n", name, file, name))
}

// signInText tells a person what to do with the address.
func signInText(account, address string) string {
	var p page
	p.line("Open this address in a browser, sign in as the person of account %q, and leave every box ticked:", account)
	p.gap()
	p.line("%s", address)
	p.gap()
	p.line("The program goes on by itself. If the browser runs on another machine, it ends at a page")
	p.line("that it cannot show: copy the address of that page, paste it here, and press Enter.")
	return p.String()
}
