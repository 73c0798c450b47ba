package google

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
)

// TestVerdicts reads the table: every verdict is found by its own code and
// reason, and says something that holds for any account.
func TestVerdicts(t *testing.T) {
	for _, v := range verdicts {
		got, reason := verdictOn(v.code, []string{"nobody knows", v.reason})
		if got.says != v.says || reason != v.reason {
			t.Errorf("%d %s is read as %d %s", v.code, v.reason, got.code, reason)
		}
		if v.says == "" || strings.HasSuffix(v.says, ".") || v.again && v.is != nil {
			t.Errorf("the verdict on %d %s is %+v", v.code, v.reason, v)
		}
	}
	if v, _ := verdictOn(507, nil); !v.again || v.is != nil {
		t.Errorf("an unknown 5xx is %+v", v)
	}
	if v, _ := verdictOn(418, nil); v.again || !errors.Is(v.is, calendar.ErrRefused) {
		t.Errorf("an unknown 4xx is %+v", v)
	}
}

func answering(status int, reason, after string, nth int) calendartest.Fault {
	return calendartest.Fault{Method: http.MethodGet, Nth: nth, Do: calendartest.Answer, Status: status, Reason: reason, RetryAfter: after}
}

func TestReadsAreRepeated(t *testing.T) {
	tests := map[string]struct {
		faults   []calendartest.Fault
		attempts int
		slow     time.Duration // at least
		want     string        // of the error; "" for none
	}{
		"broken once":         {[]calendartest.Fault{answering(500, "backendError", "", 1)}, 2, 500 * time.Millisecond, ""},
		"cut once":            {[]calendartest.Fault{{Method: http.MethodGet, Nth: 1, Do: calendartest.CutAfter}}, 2, 500 * time.Millisecond, ""},
		"too fast":            {[]calendartest.Fault{answering(429, "rateLimitExceeded", "7", 1)}, 2, 7 * time.Second, ""},
		"too fast, for long":  {[]calendartest.Fault{answering(429, "rateLimitExceeded", "600", 1)}, 1, 0, "fewer requests"},
		"broken all the time": {[]calendartest.Fault{answering(503, "backendError", "", 0)}, readAttempts, 5 * time.Second, "busy or down"},
		"use limits":          {[]calendartest.Fault{answering(403, "quotaExceeded", "", 0)}, 1, 0, "usage limits"},
		"no rights":           {[]calendartest.Fault{answering(403, "insufficientPermissions", "", 0)}, 1, 0, `run "oneonone auth ann"`},
		"API off":             {[]calendartest.Fault{answering(403, "accessNotConfigured", "", 0)}, 1, 0, "enable it"},
		"not there":           {[]calendartest.Fault{answering(404, "notFound", "", 0)}, 2, time.Second, "no such event"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, calendartest.GoogleStyle{Clock: time.Now})
				d.g.Put(ann, lunch)
				d.g.Script(test.faults...)
				began := time.Now()
				_, err := d.Get(context.Background(), ann, "lunch00001")
				if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
					t.Errorf("%v, want %q", err, test.want)
				}
				if len(d.sent.list) != test.attempts || time.Since(began) < test.slow || time.Since(began) > readPatience+readLimit {
					t.Errorf("%d requests in %v, want %d in at least %v", len(d.sent.list), time.Since(began), test.attempts, test.slow)
				}
			})
		})
	}
}

func TestSlowServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, calendartest.GoogleStyle{Clock: time.Now})
		d.g.Put(ann, lunch)
		base := d.base(t, "lunch00001")
		d.sent.next = hanging{}
		_, err := d.Apply(context.Background(), moveTo(base, noTime, eleven()))
		if !errors.Is(err, calendar.ErrUnknown) || !strings.Contains(err.Error(), "did not answer in time") {
			t.Errorf("a write that nobody answers: %v", err)
		}
		stopped, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := d.Get(stopped, ann, "lunch00001"); err == nil || strings.Contains(err.Error(), "context") {
			t.Errorf("a read that was stopped: %v", err)
		}
	})
}

// hanging never answers.
type hanging struct{}

func (hanging) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// failing never gets through.
type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }

// What never left the program is no doubtful write.
func TestUnsentWritesAreCertain(t *testing.T) {
	for name, err := range map[string]error{
		"no host":       &net.DNSError{Name: "www.googleapis.com", IsNotFound: true},
		"no connection": &net.OpError{Op: "dial", Err: errors.New("refused")},
	} {
		d := newDesk(t, calendartest.GoogleStyle{})
		d.g.Put(ann, lunch)
		base := d.base(t, "lunch00001")
		d.sent.next = failing{err}
		_, got := d.Apply(context.Background(), moveTo(base, noTime, eleven()))
		if got == nil || errors.Is(got, calendar.ErrUnknown) || !strings.Contains(got.Error(), "no way to Google") {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, calendartest.GoogleStyle{Clock: time.Now, PerMinute: 600})
		d.g.Put(ann, lunch)
		began := time.Now()
		for range 1300 {
			if _, err := d.Get(context.Background(), ann, "lunch00001"); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took < 2*time.Minute {
			t.Errorf("1,300 requests took %v", took)
		}
		if n := len(d.sent.list); n != 1300 {
			t.Errorf("%d requests for 1,300 reads: Google had to refuse some", n)
		}
	})
}

func TestBudgetOfNothing(t *testing.T) {
	b := &budget{base: failing{errors.New("sent")}, user: rate.NewLimiter(0, 1)}
	b.user.Allow()
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://www.googleapis.com/", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.RoundTrip(r)
	var asks *calendar.RetryError
	if !errors.As((&Client{}).explain(ctx, err), &asks) || asks.After != time.Minute {
		t.Errorf("a spent budget is %v", err)
	}
}
