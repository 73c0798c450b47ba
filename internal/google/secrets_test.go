package google

import (
	"context"
	"net/url"
	"testing"
)

// A verifier that is sent with the address, or a state that is told twice, would
// make the protection one in name only.
func TestTheSignInKeepsItsSecrets(t *testing.T) {
	g := newGoogle()
	seen := map[string]bool{}
	for range 2 {
		g.Consent(ann)
		sent := &recorder{next: g.Transport()}
		var asked url.Values
		err := Authorize(context.Background(), Authorization{Credential: writeFile(t, g.ClientJSON()), Transport: sent, Show: func(address string) {
			if u, err := url.Parse(address); err == nil {
				asked = u.Query()
			}
			browse(t, consent(t, g, address))
		}})
		if err != nil {
			t.Fatal(err)
		}
		form, err := url.ParseQuery(sent.list[0].body)
		if err != nil {
			t.Fatal(err)
		}
		verifier := form.Get("code_verifier")
		for name := range asked {
			if v := asked.Get(name); v == verifier || v == "not-confidential-on-a-desktop" {
				t.Errorf("%s of the address is a secret", name)
			}
		}
		for _, once := range []string{asked.Get("state"), asked.Get("code_challenge"), verifier} {
			if len(once) < 26 || seen[once] {
				t.Errorf("%q is short, or was used before", once)
			}
			seen[once] = true
		}
	}
}
