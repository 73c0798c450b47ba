package google_test

import (
	"testing"
	"testing/synctest"
	"time"

	"oneonone/internal/calendartest"
)

// A day on which both say that they work in the same town is taken for a
// catch-up before any other (R31). Which town it is, nobody is told.
func TestR31ACatchUpInTheSameTown(t *testing.T) {
	for name, c := range map[string]struct {
		bobs string
		want string // the day that is suggested
	}{
		"both in Graz":   {"graz ", "10 Dec"},
		"in other towns": {"Linz", ""},
		"one is at home": {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := newOffice(t, calendartest.GoogleStyle{}, talking)
				o.now = time.Date(2026, 11, 23, 8, 0, 0, 0, o.now.Location())
				place := func(label string) string {
					properties := `{"type":"officeLocation","officeLocation":{"label":"` + label + `"}}`
					if label == "" {
						properties = `{"type":"homeOffice","homeOffice":{}}`
					}
					return `{"eventType":"workingLocation","visibility":"public","transparency":"transparent","summary":"x",` +
						`"start":{"date":"2026-12-10"},"end":{"date":"2026-12-11"},"workingLocationProperties":` + properties + `}`
				}
				o.g.Put(ann, place("Graz"))
				o.g.Put(bob, place(c.bobs))
				deleted, _ := o.g.Instance(ann, "weekly0001", time.Date(2026, 12, 8, 10, 0, 0, 0, o.now.Location()))
				o.g.Delete(ann, deleted)
				for range 4 {
					o.pass()
				}
				all, err := o.db.Suggestions(t.Context(), time.Time{})
				if err != nil || len(all) == 0 {
					t.Fatalf("suggested: %v, %v\n%s", all, err, &o.log)
				}
				got := all[len(all)-1]
				day := got.To.Start.In(o.now.Location()).Format("2 Jan")
				if got.Kind != "make-up" || c.want != "" && day != c.want || c.want == "" && day == "10 Dec" {
					t.Errorf("suggested: %s on %s", got.Kind, day)
				}
				o.noMail()
			})
		})
	}
}
