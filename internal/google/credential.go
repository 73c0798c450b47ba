package google

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
	"golang.org/x/oauth2/jwt"
	gcal "google.golang.org/api/calendar/v3"
)

// scopes are the rights the program asks for, each with what it is for.
var scopes = []struct{ scope, why string }{
	{gcal.CalendarEventsScope, "see and change events"},
	{gcal.CalendarFreebusyScope, "see when people are busy"},
	{gcal.CalendarSettingsReadonlyScope, "see the time zone"},
	{gcal.CalendarCalendarlistReadonlyScope, "see which calendars there are"},
	{gcal.CalendarAppCreatedScope, "make a calendar of its own, from which its suggestions come"},
}

// documentScope lets the program see and change the files that it has made
// itself, and nothing else in a Drive. It is asked for where agendas are documents.
const documentScope = "https://www.googleapis.com/auth/drive.file"

const documentWhy = "keep the agenda documents that it makes"

// scopesFor are the scopes of all rights that are asked for.
func scopesFor(documents, meet bool) []string {
	names := scopeNames()
	if documents {
		names = append(names, documentScope)
	}
	if meet {
		names = append(names, meetScope)
	}
	return names
}

func scopeNames() []string {
	var names []string
	for _, s := range scopes {
		names = append(names, s.scope)
	}
	return names
}

// Kinds of credential files, as their member "type" names them.
const (
	kindUser    = "authorized_user"
	kindService = "service_account"
)

// credential is what a credential file holds. It prints as nothing.
type credential struct {
	Type    string    `json:"type"`
	ID      string    `json:"client_id"`
	Secret  string    `json:"client_secret"`
	Refresh string    `json:"refresh_token,omitempty"`
	Access  string    `json:"access_token,omitempty"`
	Expiry  time.Time `json:"expiry,omitzero"`
	Scopes  []string  `json:"scopes,omitempty"`
	// SignedIn is when a person signed in; zero in files that others have made.
	SignedIn time.Time `json:"signed_in,omitzero"`

	service, documents *jwt.Config // of a service account: for the calendar, and for documents
}

// String keeps secrets out of whatever prints a credential.
func (c credential) String() string { return "(secret)" }

// GoString does so for %#v.
func (c credential) GoString() string { return "(secret)" }

// readCredential reads a credential file: the key of a service account, what
// Authorize wrote, or the client that Google's console gives out for
// download, with which Authorize begins.
func readCredential(path string) (*credential, error) {
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no credential file %s", path)
	case err != nil:
		return nil, fmt.Errorf("reading the credential: %w", err)
	}
	var file struct {
		credential
		Installed *credential `json:"installed"`
		Web       *credential `json:"web"`
	}
	// The library's errors may quote the file, so they are not shown.
	if json.Unmarshal(data, &file) != nil {
		return nil, fmt.Errorf("%s is not a JSON file from Google", path)
	}
	switch {
	case file.Type == kindService:
		conf, err := google.JWTConfigFromJSON(data, scopeNames()...)
		if err != nil || conf.Email == "" || len(conf.PrivateKey) == 0 {
			return nil, fmt.Errorf("%s is not a whole key of a service account; download it again", path)
		}
		// A right that the administrator has not given spoils every token that
		// is asked for with it, and the calendar goes on without documents.
		documents := *conf
		documents.Scopes = []string{documentScope}
		return &credential{Type: kindService, service: conf, documents: &documents}, nil
	case file.Type == kindUser && file.ID != "":
		return &file.credential, nil
	case file.Installed != nil && file.Installed.ID != "":
		return &credential{Type: kindUser, ID: file.Installed.ID, Secret: file.Installed.Secret}, nil
	case file.Web != nil:
		return nil, fmt.Errorf("%s is an OAuth client for a web application; make one of the type \"Desktop app\"", path)
	}
	return nil, fmt.Errorf("%s is neither an OAuth client of the type \"Desktop app\" nor the key of a service account", path)
}

func (c *credential) config() *oauth2.Config {
	return &oauth2.Config{ClientID: c.ID, ClientSecret: c.Secret, Endpoint: google.Endpoint, Scopes: scopeNames()}
}

func (c *credential) token() *oauth2.Token {
	return &oauth2.Token{AccessToken: c.Access, RefreshToken: c.Refresh, Expiry: c.Expiry}
}

// life is what the file tells of the sign-in. Access tokens live for an hour.
func (c *credential) life() life {
	if c.Expiry.IsZero() {
		return life{made: c.SignedIn}
	}
	return life{made: c.SignedIn, alive: c.Expiry.Add(-time.Hour)}
}

// keep takes over what a token brought.
func (c *credential) keep(tok *oauth2.Token) {
	c.Access, c.Expiry = tok.AccessToken, tok.Expiry
	if tok.RefreshToken != "" {
		c.Refresh = tok.RefreshToken
	}
}

// write replaces the file in one step, readable by its owner alone.
func (c *credential) write(path string) error {
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the credential: %w", err)
	}
	// CreateTemp makes the file with mode 0600.
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("writing the credential: %w", err)
	}
	_, err = f.Write(append(data, '\n'))
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(f.Name()))
		return fmt.Errorf("writing the credential: %w", err)
	}
	return nil
}
