package recur

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/span"
)

// in returns a zone of the database.
func in(tb testing.TB, name string) *time.Location {
	tb.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		tb.Fatal(err)
	}
	return loc
}

// at reads a wall clock such as 19970902T090000 in loc.
func at(tb testing.TB, clock string, loc *time.Location) time.Time {
	tb.Helper()
	t, err := time.Parse("20060102T150405", clock)
	if err != nil {
		tb.Fatal(err)
	}
	return Instant(t, loc)
}

// dates spells out "1997 Sep 2 9-11; Oct 1" as 1997-09-02 and so on.
func dates(tb testing.TB, text string) []string {
	tb.Helper()
	months := strings.Fields("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")
	var out []string
	year, month := 0, 0
	for _, word := range strings.Fields(strings.NewReplacer(";", " ", ",", " ").Replace(text)) {
		for i, m := range months {
			if m == word {
				month = i + 1
			}
		}
		from, to, isRange := strings.Cut(word, "-")
		a, err := strconv.Atoi(from)
		if err != nil {
			continue
		}
		if a > 31 {
			year = a
			continue
		}
		b := a
		if isRange {
			if b, err = strconv.Atoi(to); err != nil {
				tb.Fatal(err)
			}
		}
		for d := a; d <= b; d++ {
			out = append(out, fmt.Sprintf("%04d-%02d-%02d", year, month, d))
		}
	}
	return out
}

// TestRFC5545Examples has every example of §3.8.5.3, in its order, with the
// dates that the RFC prints. An endless example is compared as far as the RFC
// prints it.
func TestRFC5545Examples(t *testing.T) {
	const everyDay = "BYDAY=SU,MO,TU,WE,TH,FR,SA"
	twenties := "9:00 9:20 9:40 10:00 10:20 10:40 11:00 11:20 11:40 12:00 12:20 12:40 13:00 13:20 13:40 14:00 14:20 14:40 15:00 15:20 15:40 16:00 16:20 16:40"
	tests := []struct {
		name, start, rule string
		want              string // dates
		times             string // on each of them; 09:00 when empty
	}{
		{"daily for 10 occurrences", "19970902", "FREQ=DAILY;COUNT=10", "1997 Sep 2-11", ""},
		{"daily until 24 December 1997", "19970902", "FREQ=DAILY;UNTIL=19971224T000000Z", "1997 Sep 2-30; Oct 1-31; Nov 1-30; Dec 1-23", ""},
		{"every other day", "19970902", "FREQ=DAILY;INTERVAL=2", "1997 Sep 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30; Oct 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30; Nov 1 3 5 7 9 11 13 15 17 19 21 23 25 27 29; Dec 1 3", ""},
		{"every 10 days, 5 occurrences", "19970902", "FREQ=DAILY;INTERVAL=10;COUNT=5", "1997 Sep 2 12 22; Oct 2 12", ""},
		{"every day in January for 3 years, yearly", "19980101", "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;" + everyDay, "1998 Jan 1-31; 1999 Jan 1-31; 2000 Jan 1-31", ""},
		{"every day in January for 3 years, daily", "19980101", "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1", "1998 Jan 1-31; 1999 Jan 1-31; 2000 Jan 1-31", ""},
		{"weekly for 10 occurrences", "19970902", "FREQ=WEEKLY;COUNT=10", "1997 Sep 2 9 16 23 30; Oct 7 14 21 28; Nov 4", ""},
		{"weekly until 24 December 1997", "19970902", "FREQ=WEEKLY;UNTIL=19971224T000000Z", "1997 Sep 2 9 16 23 30; Oct 7 14 21 28; Nov 4 11 18 25; Dec 2 9 16 23", ""},
		{"every other week", "19970902", "FREQ=WEEKLY;INTERVAL=2;WKST=SU", "1997 Sep 2 16 30; Oct 14 28; Nov 11 25; Dec 9 23; 1998 Jan 6 20; Feb 3 17", ""},
		{"Tuesday and Thursday for five weeks, until", "19970902", "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH", "1997 Sep 2 4 9 11 16 18 23 25 30; Oct 2", ""},
		{"Tuesday and Thursday for five weeks, count", "19970902", "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", "1997 Sep 2 4 9 11 16 18 23 25 30; Oct 2", ""},
		{"every other week on Monday, Wednesday, Friday", "19970901", "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR", "1997 Sep 1 3 5 15 17 19 29; Oct 1 3 13 15 17 27 29 31; Nov 10 12 14 24 26 28; Dec 8 10 12 22", ""},
		{"every other week on Tuesday and Thursday, 8 occurrences", "19970902", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", "1997 Sep 2 4 16 18 30; Oct 2 14 16", ""},
		{"first Friday for 10 occurrences", "19970905", "FREQ=MONTHLY;COUNT=10;BYDAY=1FR", "1997 Sep 5; Oct 3; Nov 7; Dec 5; 1998 Jan 2; Feb 6; Mar 6; Apr 3; May 1; Jun 5", ""},
		{"first Friday until 24 December 1997", "19970905", "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR", "1997 Sep 5; Oct 3; Nov 7; Dec 5", ""},
		{"every other month on first and last Sunday", "19970907", "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU", "1997 Sep 7 28; Nov 2 30; 1998 Jan 4 25; Mar 1 29; May 3 31", ""},
		{"second-to-last Monday for 6 months", "19970922", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "1997 Sep 22; Oct 20; Nov 17; Dec 22; 1998 Jan 19; Feb 16", ""},
		{"third-to-last day of the month", "19970928", "FREQ=MONTHLY;BYMONTHDAY=-3", "1997 Sep 28; Oct 29; Nov 28; Dec 29; 1998 Jan 29; Feb 26", ""},
		{"2nd and 15th for 10 occurrences", "19970902", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15", "1997 Sep 2 15; Oct 2 15; Nov 2 15; Dec 2 15; 1998 Jan 2 15", ""},
		{"first and last day for 10 occurrences", "19970930", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1", "1997 Sep 30; Oct 1 31; Nov 1 30; Dec 1 31; 1998 Jan 1 31; Feb 1", ""},
		{"every 18 months on the 10th to 15th", "19970910", "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15", "1997 Sep 10-15; 1999 Mar 10-13", ""},
		{"every Tuesday, every other month", "19970902", "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU", "1997 Sep 2 9 16 23 30; Nov 4 11 18 25; 1998 Jan 6 13 20 27; Mar 3 10 17 24 31", ""},
		{"June and July for 10 occurrences", "19970610", "FREQ=YEARLY;COUNT=10;BYMONTH=6,7", "1997 Jun 10; Jul 10; 1998 Jun 10; Jul 10; 1999 Jun 10; Jul 10; 2000 Jun 10; Jul 10; 2001 Jun 10; Jul 10", ""},
		{"every other year in January, February, March", "19970310", "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3", "1997 Mar 10; 1999 Jan 10; Feb 10; Mar 10; 2001 Jan 10; Feb 10; Mar 10; 2003 Jan 10; Feb 10; Mar 10", ""},
		{"every third year on days 1, 100, 200", "19970101", "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200", "1997 Jan 1; Apr 10; Jul 19; 2000 Jan 1; Apr 9; Jul 18; 2003 Jan 1; Apr 10; Jul 19; 2006 Jan 1", ""},
		{"20th Monday of the year", "19970519", "FREQ=YEARLY;BYDAY=20MO", "1997 May 19; 1998 May 18; 1999 May 17", ""},
		{"Monday of week 20", "19970512", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997 May 12; 1998 May 11; 1999 May 17", ""},
		{"every Thursday in March", "19970313", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "1997 Mar 13 20 27; 1998 Mar 5 12 19 26; 1999 Mar 4 11 18 25", ""},
		{"every Thursday in summer", "19970605", "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8", "1997 Jun 5 12 19 26; Jul 3 10 17 24 31; Aug 7 14 21 28; 1998 Jun 4 11 18 25; Jul 2 9 16 23 30; Aug 6 13 20 27; 1999 Jun 3 10 17 24; Jul 1 8 15 22 29; Aug 5 12 19 26", ""},
		{"every Friday the 13th", "19970902", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "1998 Feb 13; Mar 13; Nov 13; 1999 Aug 13; 2000 Oct 13", ""},
		{"first Saturday after the first Sunday", "19970913", "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", "1997 Sep 13; Oct 11; Nov 8; Dec 13; 1998 Jan 10; Feb 7; Mar 7; Apr 11; May 9; Jun 13", ""},
		{"US presidential election day", "19961105", "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "1996 Nov 5; 2000 Nov 7; 2004 Nov 2", ""},
		{"third of Tuesday, Wednesday, Thursday", "19970904", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997 Sep 4; Oct 7; Nov 6", ""},
		{"second-to-last weekday", "19970929", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "1997 Sep 29; Oct 30; Nov 27; Dec 30; 1998 Jan 29; Feb 26; Mar 30", ""},
		// The RFC prints UNTIL=19970902T170000Z, which is 13:00 in New York;
		// this is 17:00 there, as the example's title says (erratum 3883).
		{"every 3 hours from 9 to 17", "19970902", "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z", "1997 Sep 2", "9:00 12:00 15:00"},
		{"every 15 minutes for 6 occurrences", "19970902", "FREQ=MINUTELY;INTERVAL=15;COUNT=6", "1997 Sep 2", "9:00 9:15 9:30 9:45 10:00 10:15"},
		{"every hour and a half for 4 occurrences", "19970902", "FREQ=MINUTELY;INTERVAL=90;COUNT=4", "1997 Sep 2", "9:00 10:30 12:00 13:30"},
		{"every 20 minutes from 9:00 to 16:40, daily", "19970902", "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40", "1997 Sep 2 3", twenties},
		{"every 20 minutes from 9:00 to 16:40, minutely", "19970902", "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16", "1997 Sep 2 3", twenties},
		{"week starts on Monday", "19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997 Aug 5 10 19 24", ""},
		{"week starts on Sunday", "19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997 Aug 5 17 19 31", ""},
		{"an invalid date is ignored", "20070115", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007 Jan 15 30; Feb 15; Mar 15 30", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			zone := in(t, "America/New_York")
			start := at(t, tt.start+"T090000", zone)
			var exdates []time.Time
			if strings.Contains(tt.name, "13th") {
				exdates = []time.Time{start} // as in the example
			}
			set, err := ParseSet(start, false, []string{tt.rule}, nil, exdates)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for _, d := range dates(t, tt.want) {
				for _, clock := range strings.Fields("9:00 " + tt.times)[min(1, len(tt.times)):] {
					c, _ := time.Parse("2006-01-02 15:04", d+" "+clock)
					want = append(want, c.Format("2006-01-02 15:04"))
				}
			}
			end := at(t, "20100101T000000", zone)
			if !strings.Contains(tt.rule, "COUNT") && !strings.Contains(tt.rule, "UNTIL") {
				last, _ := time.Parse("2006-01-02 15:04", want[len(want)-1])
				end = Instant(last.Add(time.Second), zone)
			}
			starts, err := set.Between(span.Span{Start: start.AddDate(-1, 0, 0), End: end}, Budget{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range starts {
				got = append(got, s.Format("2006-01-02 15:04"))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s from %s (-want +got):\n%s", tt.rule, tt.start, diff)
			}
		})
	}
}
