package google

import (
	"context"
	"errors"
	"strings"
	"testing"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
)

func TestCheckDocuments(t *testing.T) {
	p := newPaper(t, calendartest.GoogleStyle{})
	if err := p.d.Check(context.Background()); err != nil {
		t.Errorf("Check: %v", err)
	}
	if n := len(p.g.Docs(ann)); n != 0 {
		t.Errorf("looking made %d documents", n)
	}
}

// TestDocumentsAreARightOfTheirOwn: without it the calendar works on, and it is
// told what is missing.
func TestDocumentsAreARightOfTheirOwn(t *testing.T) {
	p := newPaper(t, calendartest.GoogleStyle{})
	p.g.SetStyle(calendartest.GoogleStyle{}) // keys are signed by the real clock
	signedIn := &credential{Type: kindUser, ID: "x", Access: p.g.AccessToken(ann), Refresh: p.g.RefreshToken(ann), Expiry: now.AddDate(10, 0, 0), Scopes: scopeNames()}
	file := t.TempDir() + "/ann"
	if err := signedIn.write(file); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file, subject, says string
	}{
		"a sign-in":         {file, "", "oneonone auth ann"},
		"a service account": {writeFile(t, p.g.ServiceAccount("robot@example.org", scopeNames()...)), ann, "drive.file"},
	} {
		t.Run(name, func(t *testing.T) {
			d := p.open(c.file, c.subject)
			if _, err := d.client.Calendars(context.Background()); err != nil {
				t.Errorf("Calendars: %v", err)
			}
			for _, err := range []error{d.Check(context.Background()), publishError(d)} {
				if !errors.Is(err, calendar.ErrAuth) || !strings.Contains(err.Error(), c.says) {
					t.Errorf("without the right: %v", err)
				}
				if strings.Contains(err.Error(), "password") || strings.Contains(err.Error(), "calendar.events") {
					t.Errorf("it names what is not missing: %v", err)
				}
			}
		})
	}
	allowed := p.open(writeFile(t, p.g.ServiceAccount("robot@example.org", append(scopeNames(), documentScope)...)), ann)
	if err := publishError(allowed); err != nil {
		t.Errorf("a service account with the right: %v", err)
	}
}

func publishError(d *Documents) error {
	_, err := d.Publish(context.Background(), wantedOn(10))
	return err
}

// TestAuthorizeAsksForDocuments: the right is asked for only where it is used, and
// a sign-in without it is not kept then.
func TestAuthorizeAsksForDocuments(t *testing.T) {
	for name, c := range map[string]struct {
		documents bool
		unticked  bool
		says      string
		asked     bool
	}{
		"not used":  {false, false, "", false},
		"used":      {true, false, "", true},
		"not given": {true, true, "keep the agenda documents", true},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPaper(t, calendartest.GoogleStyle{})
			p.g.Consent(ann)
			if c.unticked {
				p.g.Consent(ann, scopeNames()...)
			}
			file := writeFile(t, p.g.ClientJSON())
			asked := ""
			err := Authorize(context.Background(), Authorization{
				Credential: file, Documents: c.documents, Transport: p.g.Transport(),
				Show: func(address string) { asked = address; browse(t, consent(t, p.g, address)) },
			})
			if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("Authorize: %v", err)
			}
			if strings.Contains(asked, "drive.file") != c.asked {
				t.Errorf("asked for %s", asked)
			}
		})
	}
}
