package google

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
)

// calendarsOf are Ann's calendars but her own.
func (d *desk) others() []string {
	return slices.DeleteFunc(d.g.Calendars(ann), func(id string) bool { return id == ann })
}

func (d *desk) own(t *testing.T) string {
	t.Helper()
	c, err := d.OwnCalendar(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if c.Default || !c.Writable || !c.Delivers {
		t.Errorf("the own calendar is %+v", c)
	}
	return c.ID
}

// fresh is the program after a restart.
func (d *desk) restart(t *testing.T) {
	t.Helper()
	d.Client = d.client(t, userFile(t, d.g.AccessToken(ann), d.g.RefreshToken(ann)), "")
}

func TestOwnCalendarIsMadeOnce(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{Page: 1})
	first := d.own(t)
	calls := d.g.Calls()
	if d.own(t) != first || d.g.Calls()["calendar.calendarList.list"] != calls["calendar.calendarList.list"] {
		t.Error("it is not remembered")
	}
	d.restart(t)
	if again := d.own(t); again != first || len(d.others()) != 1 {
		t.Errorf("after a restart it is %s of %q, was %s", again, d.others(), first)
	}
	list, err := d.Calendars(context.Background())
	if err != nil || len(list) != 2 {
		t.Fatalf("Calendars = %+v, %v", list, err)
	}
	for _, c := range list {
		if c.Zone.String() != "Europe/Vienna" || c.Default != (c.ID == ann) {
			t.Errorf("%+v is listed", c)
		}
	}
}

// A lost answer does not lead to a second one.
func TestOwnCalendarAfterALostAnswer(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Script(calendartest.Fault{Method: http.MethodPost, Nth: 1, Do: calendartest.CutAfter})
	if _, err := d.OwnCalendar(context.Background()); !errors.Is(err, calendar.ErrUnknown) {
		t.Errorf("OwnCalendar: %v, want ErrUnknown", err)
	}
	if id := d.own(t); !slices.Equal(d.others(), []string{id}) {
		t.Errorf("it is %s, of %q", id, d.others())
	}
}

// Where there are two for whatever reason, each start takes the same one, and
// the other is not looked at.
func TestOwnCalendarOfTwo(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Exempt(func(r *http.Request) bool { return r.Method == http.MethodPost })
	for range 2 {
		if _, err := d.makeAside(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
	}
	first := d.own(t)
	d.restart(t)
	if again := d.own(t); again != first || len(d.others()) != 2 {
		t.Errorf("first %s, then %s, of %q", first, again, d.others())
	}
	if list, err := d.Calendars(context.Background()); err != nil || len(list) != 2 {
		t.Errorf("Calendars = %+v, %v", list, err)
	}
}

// The person has deleted it: it is made anew, after the next list or after a
// suggestion that found no calendar.
func TestOwnCalendarIsMadeAnew(t *testing.T) {
	for name, notice := range map[string]func(t *testing.T, d *desk, id string){
		"listed": func(t *testing.T, d *desk, _ string) {
			if list, err := d.Calendars(context.Background()); err != nil || len(list) != 1 {
				t.Errorf("Calendars = %+v, %v", list, err)
			}
		},
		"written to": func(t *testing.T, d *desk, id string) {
			_, err := d.Create(context.Background(), calendar.Draft{Calendar: id, ID: "asked00001", Start: vienna(4, 9, 0), End: vienna(4, 9, 15), Own: calendar.OwnSuggestion})
			if !errors.Is(err, calendar.ErrNotFound) {
				t.Errorf("Create: %v, want ErrNotFound", err)
			}
		},
	} {
		inTime(t, name, func(t *testing.T) {
			d := newDesk(t, calendartest.GoogleStyle{})
			first := d.own(t)
			d.g.RemoveCalendar(first)
			notice(t, d, first)
			if again := d.own(t); again == first || !slices.Equal(d.others(), []string{again}) {
				t.Errorf("first %s, then %s, of %q", first, again, d.others())
			}
		})
	}
}

// A calendar that a person has called like it is not taken for it.
func TestOwnCalendarIsKnownByItsMark(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Exempt(func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/calendars") })
	theirs := d.g.AddCalendar(ann, "oneonone", "")
	if id := d.own(t); id == theirs {
		t.Error("it is the person's")
	}
}

// Without the right to make one the operator is told what to do.
func TestOwnCalendarNeedsARight(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	token := d.g.AccessToken(ann, "calendar.events", "calendar.calendarlist.readonly")
	d.Client = d.client(t, userFile(t, token, d.g.RefreshToken(ann)), "")
	if _, err := d.OwnCalendar(context.Background()); !errors.Is(err, calendar.ErrAuth) || !strings.Contains(err.Error(), "oneonone auth ann") {
		t.Errorf("OwnCalendar: %v, want ErrAuth", err)
	}
}
