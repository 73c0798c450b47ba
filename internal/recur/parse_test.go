package recur

import (
	"strings"
	"testing"
	"time"
)

func TestParseAcceptsWhatIsCommon(t *testing.T) {
	tests := []struct{ text, want string }{
		{"FREQ=WEEKLY", "FREQ=WEEKLY"},
		{"freq=weekly;byday=mo", "FREQ=WEEKLY;BYDAY=MO"},
		{"FREQ=WEEKLY;BYDAY=MO;", "FREQ=WEEKLY;BYDAY=MO"},
		{"RRULE:FREQ=DAILY;COUNT=3", "FREQ=DAILY;COUNT=3"},
		{" FREQ=DAILY ; COUNT = 3 ", "FREQ=DAILY;COUNT=3"},
		{"COUNT=3;FREQ=DAILY", "FREQ=DAILY;COUNT=3"},
		{"FREQ=DAILY;INTERVAL=1;WKST=MO", "FREQ=DAILY"},
		{"FREQ=DAILY;X-GOOGLE-ODD=1", "FREQ=DAILY"},
		{"FREQ=DAILY;RSCALE=gregorian;SKIP=OMIT", "FREQ=DAILY"},
		{"FREQ=DAILY;BYHOUR=9,9,17,9", "FREQ=DAILY;BYHOUR=9,17"},
		{"FREQ=DAILY;BYSECOND=60", "FREQ=DAILY;BYSECOND=59"},
		{"FREQ=MONTHLY;BYDAY=+1MO,-1FR,SU", "FREQ=MONTHLY;BYDAY=SU,-1FR,1MO"},
		{"FREQ=MONTHLY;BYMONTHDAY=-1,15,31;BYSETPOS=-1,1", "FREQ=MONTHLY;BYMONTHDAY=-1,15,31;BYSETPOS=-1,1"},
		{"FREQ=YEARLY;BYWEEKNO=53,-53;BYYEARDAY=366,-366,1;BYMONTH=12,1", "FREQ=YEARLY;BYMONTH=1,12;BYWEEKNO=-53,53;BYYEARDAY=-366,1,366"},
		{"FREQ=DAILY;UNTIL=20261231T235959Z", "FREQ=DAILY;UNTIL=20261231T235959Z"},
		{"FREQ=DAILY;UNTIL=20261231t235959z", "FREQ=DAILY;UNTIL=20261231T235959Z"},
		{"FREQ=DAILY;UNTIL=20261231T235959", "FREQ=DAILY;UNTIL=20261231T235959"},
		{"FREQ=DAILY;UNTIL=20261231", "FREQ=DAILY;UNTIL=20261231"},
		{"FREQ=DAILY;COUNT=5;UNTIL=20261231", "FREQ=DAILY;COUNT=5;UNTIL=20261231"},
		{"FREQ=SECONDLY;INTERVAL=2147483647;WKST=SU", "FREQ=SECONDLY;INTERVAL=2147483647;WKST=SU"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			r, err := Parse(tt.text)
			if err != nil || r.String() != tt.want {
				t.Errorf("Parse = %v, %v, want %s", r, err, tt.want)
			}
		})
	}
}

func TestParseRefusesWhatWouldBeAGuess(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", "FREQ"},
		{"INTERVAL=2", "FREQ"},
		{"FREQ=FORTNIGHTLY", "unknown frequency"},
		{"FREQ=DAILY;FREQ=WEEKLY", "given twice"},
		{"FREQ=DAILY;COUNT=0", "at least 1"},
		{"FREQ=DAILY;COUNT=-1", "at least 1"},
		{"FREQ=DAILY;COUNT=99999999999", "no number"},
		{"FREQ=DAILY;INTERVAL=0", "at least 1"},
		{"FREQ=DAILY;INTERVAL=-1", "at least 1"},
		{"FREQ=DAILY;INTERVAL=9999999999", "too large"},
		{"FREQ=DAILY;RSCALE=HEBREW", "Gregorian"},
		{"FREQ=MONTHLY;RSCALE=GREGORIAN;SKIP=FORWARD", "dates that exist"},
		{"FREQ=DAILY;UNTIL=tomorrow", "no date"},
		{"FREQ=DAILY;UNTIL=20260230", "no date"},
		{"FREQ=DAILY;UNTIL=20261231T250000Z", "no date"},
		{"FREQ=DAILY;BYHOUR=24", "out of range"},
		{"FREQ=DAILY;BYHOUR=", "no number"},
		{"FREQ=DAILY;BYMONTHDAY=0", "out of range"},
		{"FREQ=DAILY;BYMONTHDAY=32", "out of range"},
		{"FREQ=DAILY;BYMONTH=-1", "out of range"},
		{"FREQ=YEARLY;BYYEARDAY=367", "out of range"},
		{"FREQ=YEARLY;BYSETPOS=0", "out of range"},
		{"FREQ=YEARLY;BYDAY=54MO", "no day of the week"},
		{"FREQ=YEARLY;BYDAY=0MO", "no day of the week"},
		{"FREQ=YEARLY;BYDAY=MI", "no day of the week"},
		{"FREQ=YEARLY;BYDAY=", "no day of the week"},
		{"FREQ=YEARLY;BYEASTER=0", "unknown part"},
		{"FREQ=DAILY;nonsense", "no value"},
		{"FREQ=DAILY;BYHOUR=" + strings.Repeat("1,", 10_000) + "1", "longer than"},
	}
	for _, tt := range tests {
		t.Run(shorten(tt.text), func(t *testing.T) {
			r, err := Parse(tt.text)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Parse = %v, %v, want an error with %q", r, err, tt.want)
			} else if len(err.Error()) > 400 {
				t.Errorf("the error has %d bytes", len(err.Error()))
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"FREQ=WEEKLY;BYDAY=MO,-1TU;UNTIL=20261231T000000Z", "freq=yearly;byweekno=-1;bysetpos=1,-366;", "FREQ=SECONDLY;COUNT=2147483647",
		"RRULE:FREQ=DAILY;BYHOUR=0,23;BYMINUTE=59;BYSECOND=60;WKST=SU", "FREQ=MONTHLY;RSCALE=GREGORIAN;X-A=B",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(r.String())
		if err != nil || again.String() != r.String() {
			t.Fatalf("%q is read as %s, which is read as %s, %v", text, r, again, err)
		}
		if r.Interval < 1 || r.Count < 0 || r.Freq < Yearly || r.Freq > Secondly || r.WeekStart > time.Saturday {
			t.Fatalf("%q is read as %+v", text, r)
		}
	})
}
