package cli

import (
	"slices"
	"strings"
	"testing"
)

// Whether Google Meet can be asked is told by check, and so is who is asked after.
func TestCheckTellsOfMeet(t *testing.T) {
	const line = "measures     how long meetings take, by Google Meet: ann\n"
	for name, c := range map[string]struct {
		key    string
		rights []string
		told   bool
		says   []string
	}{
		"not asked for":  {"", nil, false, nil},
		"with the right": {", meet: true", append(slices.Clone(ofTheCalendar), "meetings.space.readonly"), true, nil},
		"without the right": {", meet: true", ofTheCalendar, true, []string{
			`oneonone: account "ann": Google Meet cannot be asked how long meetings took: the sign-in lacks the right to see how long people talked in Google Meet; run "oneonone auth ann"`,
			"hint: meetings are looked after all the same",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, c.key)
			o.signedIn("ann", c.rights...)
			status, out, said := o.run("check", "--online")
			if strings.Contains(out, line) != c.told {
				t.Errorf("told:\n%s", out)
			}
			if (status == 0) != (len(c.says) == 0) || (said == "") != (len(c.says) == 0) {
				t.Errorf("exit %d and said:\n%s", status, said)
			}
			for _, words := range c.says {
				if !strings.Contains(said, words) {
					t.Errorf("said:\n%s\nwant %s", said, words)
				}
			}
		})
	}
}
