package app

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/calendartest"
)

// TestPace tells a pace of changes, in seconds after a pass, and reads when the
// next pass comes; polling would be after a minute.
func TestPace(t *testing.T) {
	for name, c := range map[string]struct {
		told []float64
		want float64
	}{
		"nothing":              {nil, 60},
		"one change":           {[]float64{20}, 22},
		"just after a pass":    {[]float64{0.1}, 5},
		"a burst":              {[]float64{20, 21, 22.5}, 24.5},
		"no end":               {[]float64{20, 21, 22, 23, 24, 25, 26, 27, 28, 29}, 30},
		"just before the poll": {[]float64{59}, 60},
		"after its time":       {[]float64{61}, 61},
	} {
		t.Run(name, func(t *testing.T) {
			began := monday
			at := func(s float64) time.Time { return began.Add(time.Duration(s * float64(time.Second))) }
			p := pace{chance: func() float64 { return 0.5 }}
			next := began.Add(p.after(began, time.Minute))
			for _, s := range c.told {
				next = at(s).Add(p.told(at(s)))
			}
			if !next.Equal(at(c.want)) {
				t.Errorf("the next pass comes after %v, want %vs", next.Sub(began), c.want)
			}
		})
	}
}

// What was told before a pass does not hurry the one after it.
func TestPaceForgets(t *testing.T) {
	p := pace{chance: func() float64 { return 0 }}
	p.after(monday, time.Minute)
	p.told(monday.Add(20 * time.Second))
	if got := p.after(monday.Add(22*time.Second), time.Minute); got != 45*time.Second {
		t.Errorf("polling goes on after %v, want 45s", got)
	}
	if got := p.told(monday.Add(40 * time.Second)); got != toldQuiet {
		t.Errorf("the next change is looked at after %v", got)
	}
}

// TestPollsVary by a quarter to either side.
func TestPollsVary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPushed(t, "poll: 1h\n")
		chances := []float64{0, 0.5, 0.75, 0.25}
		n := 0
		p.chance = func() float64 { n++; return chances[(n-1)%len(chances)] }
		var passes []time.Duration
		began := time.Now()
		p.script(calendartest.Fault{Method: "GET", Match: isListing, Before: p.at(began, &passes)})
		p.start()
		time.Sleep(5 * time.Hour)
		p.stop()
		want := []time.Duration{0, 45 * time.Minute, 105 * time.Minute, 172*time.Minute + 30*time.Second, 225 * time.Minute, 270 * time.Minute}
		if diff := cmp.Diff(want, passes); diff != "" {
			t.Errorf("passes (-want +got):\n%s", diff)
		}
	})
}
