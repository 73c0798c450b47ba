package google

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
)

var update = flag.Bool("update", false, "write the traces anew")

// TestTraces compares what goes over the wire with testdata/trace, so that a
// reader sees exactly what is sent.
func TestTraces(t *testing.T) {
	ctx := context.Background()
	link := "https://agenda.example.org/p/1"
	traces := map[string]func(t *testing.T, d *desk){
		"first_pull": func(t *testing.T, d *desk) {
			d.g.SetStyle(calendartest.GoogleStyle{Page: 1, Clock: clock})
			d.pull(t, calendar.Since{})
		},
		"increment": func(t *testing.T, d *desk) {
			ch := d.pull(t, calendar.Since{})
			d.g.Edit(ann, "lunch00001", `{"summary":"Long lunch"}`)
			d.sent.list = nil
			d.pull(t, calendar.Since{Cursor: ch.Cursor})
		},
		"dead_token_410": func(t *testing.T, d *desk) {
			ch := d.pull(t, calendar.Since{})
			d.g.KillTokens()
			d.sent.list = nil
			if _, err := d.Pull(ctx, ann, calendar.Since{Cursor: ch.Cursor}); !errors.Is(err, calendar.ErrGone) {
				t.Errorf("Pull: %v", err)
			}
			d.pull(t, calendar.Since{})
		},
		"conflict_412": func(t *testing.T, d *desk) {
			base := d.base(t, "lunch00001")
			d.g.Edit(ann, "lunch00001", `{"summary":"Long lunch"}`)
			d.sent.list = nil
			if _, err := d.Apply(ctx, moveTo(base, noTime, eleven())); !errors.Is(err, calendar.ErrConflict) {
				t.Errorf("Apply: %v", err)
			}
		},
		"watch": func(t *testing.T, d *desk) {
			ch, err := d.Watch(ctx, ann, aChannel())
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Stop(ctx, ch); err != nil {
				t.Errorf("Stop: %v", err)
			}
		},
		"move": func(t *testing.T, d *desk) {
			base := d.base(t, "weekly0001")
			d.sent.list = nil
			if _, err := d.Apply(ctx, moveTo(base, second(), eleven())); err != nil {
				t.Error(err)
			}
		},
		"attachment": func(t *testing.T, d *desk) {
			base := d.base(t, "weekly0001")
			d.sent.list = nil
			c := calendar.Change{Base: base, Now: now, Organizer: true, Notify: true, Parts: []calendar.Part{{Link: &link, Lines: []string{"Agenda: " + link}}}}
			if _, err := d.Apply(ctx, c); err != nil {
				t.Error(err)
			}
		},
		"remove": func(t *testing.T, d *desk) {
			r, err := d.Apply(ctx, calendar.Change{Base: d.base(t, "lunch00001"), Now: now, Parts: []calendar.Part{{Link: &link, Lines: []string{"Agenda: " + link}}}})
			if err != nil {
				t.Fatal(err)
			}
			d.sent.list = nil
			none := ""
			if _, err := d.Apply(ctx, calendar.Change{Base: r, Now: now, Parts: []calendar.Part{{Link: &none, Lines: []string{}, RemoveMark: true}}}); err != nil {
				t.Error(err)
			}
		},
		"suggestion": func(t *testing.T, d *desk) {
			r := d.suggest(t, "asked00001")
			if err := d.Delete(ctx, r, false); err != nil {
				t.Error(err)
			}
		},
		"series_split": func(t *testing.T, d *desk) {
			orphan := d.dragTo(t, "weekly0001", third(), thirdGoesAlong().Span)
			draft := d.goingOn(t, "weekly0001", thirdGoesAlong())
			d.sent.list = nil
			if _, err := d.Create(ctx, draft); err != nil {
				t.Fatal(err)
			}
			d.until(t)
			if err := d.Delete(ctx, d.base(t, orphan), false); err != nil {
				t.Error(err)
			}
		},
		"auth": func(t *testing.T, d *desk) {
			d.g.Consent(ann)
			err := Authorize(ctx, Authorization{Credential: writeFile(t, d.g.ClientJSON()), Transport: d.sent, Show: func(address string) {
				u, err := url.Parse(address)
				if err != nil {
					t.Error(err)
				}
				// What the person's browser asks Google for, and what it brings back.
				back := consent(t, d.g, address)
				d.sent.list = append(d.sent.list, sentRequest{method: "BROWSER", path: u.Host + u.Path, query: u.RawQuery, status: http.StatusFound})
				if r, err := url.Parse(back); err == nil {
					d.sent.list = append(d.sent.list, sentRequest{method: "BROWSER", path: r.Hostname() + r.Path, query: r.RawQuery, status: http.StatusOK})
				}
				browse(t, back)
			}})
			if err != nil {
				t.Error(err)
			}
		},
		"refresh": func(t *testing.T, d *desk) {
			c := d.client(t, userFile(t, "", d.g.RefreshToken(ann)), "")
			if _, err := c.Calendars(ctx); err != nil {
				t.Error(err)
			}
		},
	}
	for name, run := range traces {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, calendartest.GoogleStyle{Clock: clock})
			d.g.Put(ann, weekly)
			d.g.Put(ann, lunch)
			run(t, d)
			compareTrace(t, name, d.sent.list)
		})
	}
}

func compareTrace(t *testing.T, name string, list []sentRequest) {
	t.Helper()
	var b strings.Builder
	for _, e := range list {
		fmt.Fprintf(&b, "%s %s\n", e.method, e.path)
		q, err := url.ParseQuery(e.query)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range strings.Split(q.Encode(), "&") {
			if p != "" {
				fmt.Fprintf(&b, "  ? %s\n", scrub(p))
			}
		}
		if e.ifMatch != "" {
			fmt.Fprintf(&b, "  If-Match: %s\n", e.ifMatch)
		}
		if e.body != "" {
			fmt.Fprintf(&b, "  %s\n", scrub(strings.TrimSpace(e.body)))
		}
		fmt.Fprintf(&b, "  -> %d %s\n\n", e.status, http.StatusText(e.status))
	}
	path := filepath.Join("testdata", "trace", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("the trace differs (-want +got); run the test with -update if this is meant:\n%s", diff)
	}
}

// secrets are values that are not to stand in a file, and tokens of the fake
// that say nothing to a reader.
var secrets = regexp.MustCompile(`\b(refresh_token|client_secret|client_id|code|code_challenge|code_verifier|redirect_uri|state|syncToken|pageToken)=[^&\s]+`)

func scrub(s string) string { return secrets.ReplaceAllString(s, "$1=…") }

// TestNoSecretIsTold scans whatever the program could print, in good and in bad
// times, for tokens, and errors for what people wrote.
func TestNoSecretIsTold(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Put(ann, weekly)
	file := userFile(t, "", d.g.RefreshToken(ann))
	c := d.client(t, file, "")
	var told strings.Builder
	try := func() {
		_, err := c.Calendars(context.Background())
		fmt.Fprintln(&told, err)
		_, err = c.Pull(context.Background(), ann, calendar.Since{Cursor: cursorFor("x")})
		fmt.Fprintln(&told, err)
		_, err = c.Get(context.Background(), ann, "weekly0001")
		fmt.Fprintln(&told, err)
		_, err = c.Apply(context.Background(), moveTo(calendar.Resource{Calendar: ann, Href: "weekly0001", ETag: `"x"`, Data: []byte(weekly)}, second(), eleven()))
		fmt.Fprintln(&told, err)
	}
	try()
	for _, status := range []int{400, 401, 403, 404, 410, 412} {
		d.g.Script(calendartest.Fault{Do: calendartest.Answer, Status: status, Reason: "new"})
		try()
		d.g.Heal()
	}
	d.g.Revoke(ann)
	try()
	fmt.Fprintf(&told, "%s\n%v %+v", d.log, c.explain(context.Background(), errors.New("x")), err2(c))
	for _, secret := range []string{"ya29", "1//refresh", "not-confidential", ann, bob, "Bring", "Ann /"} {
		if strings.Contains(told.String(), secret) {
			t.Errorf("%q is told in\n%s", secret, told.String())
		}
	}
}

// err2 is a failure below HTTP whose own text holds the address of a calendar.
func err2(c *Client) error {
	return c.explain(context.Background(), &url.Error{Op: "Get", URL: "https://www.googleapis.com/calendar/v3/calendars/ann%40example.org", Err: errors.New(ann)})
}
