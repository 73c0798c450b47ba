package span

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var zero = time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)

func at(minute int) time.Time { return zero.Add(time.Duration(minute) * time.Minute) }

// spans draws spans within two hours, empty and backward ones too.
func spans(t *rapid.T, name string) []Span {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Span {
		return Span{at(rapid.IntRange(0, 120).Draw(t, "start")), at(rapid.IntRange(0, 120).Draw(t, "end"))}
	}), 0, 8).Draw(t, name)
}

// minutes is the obviously right form of a set: which minutes it holds.
func minutes(list ...Span) (m [120]bool) {
	for _, s := range list {
		for i := range m {
			m[i] = m[i] || s.Contains(at(i))
		}
	}
	return m
}

// normal fails unless s is in normal form.
func normal(t *rapid.T, s Set) {
	for i, x := range s {
		if x.Empty() || i > 0 && !x.Start.After(s[i-1].End) {
			t.Fatalf("not in normal form: %v", s)
		}
	}
}

// TestSetAlgebra compares every operation with the same one minute by minute.
func TestSetAlgebra(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := spans(t, "x"), spans(t, "y")
		a, b := NewSet(x...), NewSet(y...)
		ma, mb := minutes(x...), minutes(y...)
		union, both, without := a.Union(b), a.Intersect(b), a.Subtract(b)
		for _, s := range []Set{a, b, union, both, without} {
			normal(t, s)
		}
		mu, mi, ms := minutes(union...), minutes(both...), minutes(without...)
		for i := range ma {
			if minutes(a...)[i] != ma[i] || mu[i] != (ma[i] || mb[i]) || mi[i] != (ma[i] && mb[i]) || ms[i] != (ma[i] && !mb[i]) {
				t.Fatalf("minute %d of %v and %v: union %v, intersection %v, difference %v", i, a, b, union, both, without)
			}
		}
	})
}

// TestSetAsksForSpans checks Overlaps and Covers minute by minute.
func TestSetAsksForSpans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := spans(t, "set")
		s, m := NewSet(list...), minutes(list...)
		start := rapid.IntRange(0, 119).Draw(t, "start")
		end := rapid.IntRange(start+1, 120).Draw(t, "end")
		x := Span{at(start), at(end)}
		some, all := false, true
		for i := start; i < end; i++ {
			some, all = some || m[i], all && m[i]
		}
		if s.Overlaps(x) != some || s.Covers(x) != all {
			t.Fatalf("%v and %v: Overlaps %v, Covers %v; want %v, %v", s, x, s.Overlaps(x), s.Covers(x), some, all)
		}
	})
}

func TestSpan(t *testing.T) {
	hour := Of(at(0), time.Hour)
	next := Of(at(60), time.Hour)
	for name, ok := range map[string]bool{
		"half-open":                hour.Contains(at(0)) && !hour.Contains(at(60)),
		"touching is no overlap":   !hour.Overlaps(next) && hour.Intersect(next).Empty(),
		"an overlap of a minute":   hour.Overlaps(next.Shift(-time.Minute)) && hour.Intersect(next.Shift(-time.Minute)).Duration() == time.Minute,
		"padding":                  hour.Pad(10*time.Minute, 15*time.Minute).Equal(Span{at(-10), at(75)}),
		"backward is empty":        Span{at(5), at(1)}.Empty() && Span{at(5), at(1)}.Duration() == 0,
		"covers itself":            hour.Covers(hour) && !hour.Covers(next),
		"zones do not matter":      hour.Equal(Span{hour.Start.In(time.FixedZone("x", 3600)), hour.End}),
		"an empty one never meets": !hour.Overlaps(Span{at(5), at(5)}) && !NewSet(hour).Overlaps(Span{at(5), at(5)}),
	} {
		if !ok {
			t.Error(name)
		}
	}
}
