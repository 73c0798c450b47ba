package engine_test

import (
	"strings"
	"testing"
	"time"

	"oneonone/internal/cadence"
	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
	"oneonone/internal/engine"
	"oneonone/internal/reschedule"
)

const suggester = "oneonone@oneonone.invalid"

// talking turns suggestions on.
func talking(o *engine.Options) {
	o.SuggestFrom = suggester
	o.Cadence = cadence.Policy{Short: 20 * time.Minute, Streak: 3, Window: 4, Long: time.Hour, MaxGap: 14 * 24 * time.Hour}
}

// suggested returns the suggestion events in somebody's calendar, by path.
func (d *desk) suggested(who string) map[string]string {
	d.Helper()
	out := map[string]string{}
	for path, data := range d.Objects() {
		text := strings.ReplaceAll(string(data), "\r\n ", "")
		if strings.Contains(path, "/"+who+"/") && strings.Contains(text, "X-ONEONONE-KIND:suggestion") {
			out[path] = text
		}
	}
	return out
}

// oneSuggestion returns the one suggestion in somebody's calendar.
func (d *desk) oneSuggestion(who string) (name, text string) {
	d.Helper()
	all := d.suggested(who)
	if len(all) != 1 {
		d.Fatalf("%s has %d suggestions, want 1: %v", who, len(all), all)
	}
	for path, t := range all {
		name, text = strings.TrimSuffix(path[strings.LastIndex(path, "/")+1:], ".ics"), t
	}
	return name, text
}

// replies answers a suggestion as the addressee's client does.
func (d *desk) replies(who, partstat string) {
	d.Helper()
	name, _ := d.oneSuggestion(who)
	d.edit(who, name, func(s string) string {
		s = strings.ReplaceAll(s, "\r\n ", "")
		if !strings.Contains(s, "PARTSTAT=NEEDS-ACTION") {
			d.Fatalf("there is nothing to answer in\n%s", s)
		}
		return strings.Replace(s, "PARTSTAT=NEEDS-ACTION", "PARTSTAT="+partstat, 1)
	})
}

func askingPair(t *testing.T) *desk {
	d := pairOf(t, func(o *engine.Options) {
		talking(o)
		o.Policy.Mode = reschedule.Ask
	})
	d.put("busy", block("busy", wednesday, 60), "ann")
	d.pass()
	d.settle()
	d.pass()
	return d
}

func TestSuggestedMoveIsAnInvitation(t *testing.T) {
	d := askingPair(t)
	_, text := d.oneSuggestion("ann")
	for _, want := range []string{
		"SUMMARY:Suggestion: move the 1:1 with Bob to Wed 25 Nov", "PARTSTAT=NEEDS-ACTION", "TRANSP:TRANSPARENT",
		"SCHEDULE-AGENT=NONE", "mailto:ann@example.org", "Yes: ", "No: ", "You are asked because mode is ask.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	c := components(text)[0]
	start, _ := c.instant("DTSTART")
	end, _ := c.instant("DTEND")
	if start.Before(d.now) || end.Sub(start) != 15*time.Minute || start.Sub(d.now) > 24*time.Hour {
		t.Errorf("it stands at %s, until %s", told(start), told(end))
	}
	if s := d.suggested("bob"); len(s) != 0 {
		t.Errorf("bob sees it too: %v", s)
	}
	d.wants("bob", wednesday, wednesday, "ann", "bob")
	d.quiet()
	d.check()
}

func TestSuggestionAnswered(t *testing.T) {
	for _, c := range []struct {
		answer string
		moved  bool
		state  cadence.State
	}{
		{"ACCEPTED", true, cadence.Applied},
		{"DECLINED", false, cadence.Refused},
		{"TENTATIVE", false, cadence.Later},
		{"deleted", false, cadence.Refused},
	} {
		t.Run(c.answer, func(t *testing.T) {
			d := askingPair(t)
			if c.answer == "deleted" {
				name, _ := d.oneSuggestion("ann")
				d.Delete("ann", "work", name+".ics")
			} else {
				d.replies("ann", c.answer)
			}
			d.now = d.now.Add(time.Minute)
			d.pass()
			d.pass()
			if at := d.where("ann", "bob", wednesday); at.Equal(wednesday) == c.moved {
				t.Errorf("the meeting stands at %s", told(at))
			}
			d.wants("bob", wednesday, d.where("ann", "bob", wednesday), "bob")
			all, err := d.db.Suggestions(t.Context(), time.Time{})
			if err != nil || len(all) != 1 || all[0].State != string(c.state) {
				t.Errorf("suggestions: %v, %+v, want one that is %s", err, all, c.state)
			}
			if s := d.suggested("ann"); len(s) != 0 {
				t.Errorf("it still stands there: %v", s)
			}
			d.quiet()
			d.check()
		})
	}
}

// A slot that has come too near is not asked for any more; another one is.
func TestSuggestedSlotComesTooNear(t *testing.T) {
	d := askingPair(t)
	first, text := d.oneSuggestion("ann")
	d.now = wednesday.Add(-time.Hour)
	d.pass()
	d.pass()
	second, now := d.oneSuggestion("ann")
	if first == second || strings.Contains(now, "to Wed 25 Nov 09:15") {
		t.Errorf("first\n%s\nthen\n%s", text, now)
	}
	d.now = wednesday.Add(time.Minute)
	d.pass()
	if s := d.suggested("ann"); len(s) != 0 {
		t.Errorf("it stands there although the meeting has begun: %v", s)
	}
	d.check()
}

func TestSuggestionAnsweredWhileTheServiceIsDown(t *testing.T) {
	d := askingPair(t)
	name, _ := d.oneSuggestion("ann")
	d.replies("ann", "ACCEPTED")
	// Meanwhile somebody took the slot.
	all, err := d.db.Suggestions(t.Context(), time.Time{})
	if err != nil || len(all) != 1 {
		t.Fatal(err, all)
	}
	d.put("taken", block("taken", all[0].To.Start.In(vienna), 30), "bob")
	d.restart()
	d.now = d.now.Add(12 * time.Minute)
	d.pass()
	d.wants("bob", wednesday, wednesday, "ann", "bob")
	all, err = d.db.Suggestions(t.Context(), time.Time{})
	if err != nil || all[0].State != string(cadence.Withdrawn) || all[0].Words == "" {
		t.Errorf("suggestions: %v, %+v", err, all)
	}
	if _, there := d.Objects()["/"+name]; there {
		t.Error("it still stands there")
	}
	d.check()
}

func TestSuggestionsOutliveTheDatabase(t *testing.T) {
	d := askingPair(t)
	d.loseDatabase()
	d.settle()
	d.pass()
	d.pass()
	d.oneSuggestion("ann")
	d.check()
	_ = calendartest.Style{}
	_ = calendar.OwnSuggestion
}
