package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"oneonone/internal/engine"
)

// topics returns what the agenda of Ann and Bob has for the meeting at start.
func (d *desk) topics(start time.Time) []string {
	d.Helper()
	found, err := d.db.Topics(d.Context(), "ann@example.org bob@example.org", start)
	if err != nil {
		d.Fatal(err)
	}
	var out []string
	for _, topic := range found {
		out = append(out, strings.TrimSuffix(topic.Person, "@example.org")+": "+topic.Text)
	}
	return out
}

func (d *desk) wantTopics(what string, start time.Time, want ...string) {
	d.Helper()
	if diff := cmp.Diff(want, d.topics(start), cmpopts.EquateEmpty()); diff != "" {
		d.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// write puts the lines into the description of the series, in front of what the program wrote there.
func (d *desk) write(who, lines string) {
	d.Helper()
	d.edit(who, "bob", func(s string) string {
		s = strings.ReplaceAll(s, "\r\n ", "")
		body, ok := strings.CutPrefix(components(s)[0].line("DESCRIPTION"), "DESCRIPTION:")
		if !ok {
			return strings.Replace(s, "SUMMARY:", "DESCRIPTION:"+lines+"\r\nSUMMARY:", 1)
		}
		i := max(strings.Index(body, `\n\n---`), 0)
		return strings.Replace(s, "DESCRIPTION:"+body, "DESCRIPTION:"+lines+body[i:], 1)
	})
}

// TestTopicsOfEach follows lines under "Agenda:" into the agenda and out of it again.
func TestTopicsOfEach(t *testing.T) {
	d := pairOf(t, nil)
	d.pass()
	d.wantTopics("nobody wrote anything", wednesday)

	d.write("ann", `AGENDA:\n- Release\n- Budget`)
	d.pass()
	d.wantTopics("Ann wrote two", wednesday, "ann: Release", "ann: Budget")
	d.quiet()

	d.write("bob", `Agenda:\nrelease\nA raise\n\nsee you`)
	d.pass()
	d.wantTopics("Bob wrote one, and one that stands in both copies", wednesday, "ann: Release", "ann: Budget", "bob: A raise")

	d.write("ann", `Agenda:\n- Budget`)
	d.write("bob", `Agenda:\nA raise`)
	d.pass()
	d.wantTopics("one was crossed out", wednesday, "ann: Budget", "bob: A raise")

	d.restart()
	d.now = wednesday.Add(31 * time.Minute)
	d.pass()
	d.write("ann", "no more lists")
	d.pass()
	d.wantTopics("what was there when they met stays", wednesday, "ann: Budget", "bob: A raise")
	d.wantTopics("what stands on the series is for each meeting", wednesday.AddDate(0, 0, 7), "bob: A raise")

	d.write("bob", "no more lists")
	d.pass()
	d.wantTopics("crossed out everywhere", wednesday.AddDate(0, 0, 7))
	for _, secret := range []string{"Release", "Budget", "raise"} {
		if strings.Contains(d.log.String(), secret) {
			t.Errorf("the log tells %q", secret)
		}
	}
	d.check()
}

// TestTopicsOfAnOccurrence are for this meeting beside those of the series, and go with it where it moves.
func TestTopicsOfAnOccurrence(t *testing.T) {
	d := pairOf(t, nil)
	d.write("ann", `Agenda:\nBudget`)
	x := weekly("bob", wednesday, "ann", "bob").exception(wednesday, wednesday, `DESCRIPTION:Agenda:\nbudget\nHoliday`)
	d.edit("ann", "bob", func(s string) string { return strings.Replace(s, "END:VCALENDAR", x+"END:VCALENDAR", 1) })
	d.pass()
	d.wantTopics("on the series and on the occurrence", wednesday, "ann: Budget", "ann: Holiday")
	d.wantTopics("the meeting after is not next", wednesday.AddDate(0, 0, 7))
	d.put("busy", block("busy", wednesday, 60), "ann")
	d.pass()
	d.settle()
	d.pass()
	d.wants("bob", wednesday, quarterPast, "ann", "bob")
	d.wantTopics("nothing stays where it was", wednesday)
	d.wantTopics("the meeting moved", quarterPast, "ann: Budget", "ann: Holiday")
	d.now = at("2026-11-25 17:00")
	d.pass()
	d.wantTopics("the week after", wednesday.AddDate(0, 0, 7), "ann: Budget")
}

func TestNoAgendasNoTopics(t *testing.T) {
	d := pairOf(t, func(o *engine.Options) { o.AgendaBase = "" })
	d.write("ann", `Agenda:\nBudget`)
	d.pass()
	d.wantTopics("agenda: none", wednesday)
}

// TestTagsAreUndone: what a tag did ends with it, wherever it stood.
func TestTagsAreUndone(t *testing.T) {
	t.Run("#1on1", func(t *testing.T) {
		d := newDesk(t, nil, "ann", "bob")
		e := event{uid: "once", title: "Coffee", start: wednesday, minutes: 30, organizer: "ann", guest: "bob", more: []string{"DESCRIPTION:#1ON1"}}
		d.put("once", ics(e.String()), "ann", "bob")
		count := func() int { return len(d.pass().Plan.Series) }
		if n := count(); n != 1 {
			t.Errorf("with the tag there are %d series, want 1", n)
		}
		d.edit("ann", "once", func(s string) string { return strings.Replace(s, "#1ON1", "# 1on1", 1) })
		d.edit("bob", "once", func(s string) string { return strings.Replace(s, "#1ON1", "# 1on1", 1) })
		if n := count(); n != 0 {
			t.Errorf("without the tag there are %d series, want none", n)
		}
	})
	for _, tag := range []string{`#Pin`, `#IGNORE`, `keep it (#pin)`} {
		t.Run(tag, func(t *testing.T) {
			d := pairOf(t, nil)
			d.put("busy", block("busy", wednesday, 60), "ann")
			d.write("ann", tag)
			d.pass()
			d.calm()
			d.wants("bob", wednesday, wednesday, "ann", "bob")
			d.write("ann", "#pinned")
			d.settle()
			d.pass()
			d.settle()
			d.pass()
			d.wants("bob", wednesday, quarterPast, "ann", "bob")
		})
	}
}
