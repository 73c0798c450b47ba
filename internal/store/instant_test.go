package store

import (
	"cmp"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anyTime draws a time of any zone, near and far, or none.
func anyTime() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.IntRange(0, 9).Draw(t, "zero") == 0 {
			return time.Time{}
		}
		from := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
		to := time.Date(9999, 12, 30, 0, 0, 0, 0, time.UTC).Unix()
		zone := time.FixedZone("", rapid.IntRange(-12*3600, 14*3600).Draw(t, "offset"))
		return time.Unix(rapid.Int64Range(from, to).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).In(zone)
	})
}

func text(t rapid.TB, x time.Time) string {
	v, err := instant(x).Value()
	if err != nil {
		t.Fatalf("Value(%v): %v", x, err)
	}
	return v.(string)
}

func TestInstantRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := anyTime().Draw(t, "x")
		var back instant
		if err := back.Scan(text(t, x)); err != nil {
			t.Fatal(err)
		}
		// The very same struct: rows are compared with ==.
		if back != instant(cut(x)) {
			t.Fatalf("%v came back as %v", x, time.Time(back))
		}
		if d := x.Sub(time.Time(back)); d < 0 || d >= time.Millisecond {
			t.Fatalf("%v came back %v apart", x, d)
		}
	})
}

func TestInstantSortsAsText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anyTime().Draw(t, "a")
		b := a.Add(time.Duration(rapid.Int64Range(-3e9, 3e9).Draw(t, "near")))
		if a.IsZero() {
			b = anyTime().Draw(t, "b")
		}
		if cut(b).Before(time.Time{}) {
			return // cannot be stored, see TestInstantRefuses
		}
		if got, want := cmp.Compare(text(t, a), text(t, b)), cut(a).Compare(cut(b)); got != want {
			t.Fatalf("as text %v and %v compare as %d, want %d", a, b, got, want)
		}
	})
}

func TestInstantRefuses(t *testing.T) {
	for _, src := range []any{"2026-11-23T09:00:00Z", "2026-11-23 09:00:00.000", "2026-11-23T09:00:00.0000Z", "x", nil, int64(1)} {
		if err := new(instant).Scan(src); err == nil {
			t.Errorf("Scan(%v) succeeded", src)
		}
	}
	for _, year := range []int{-1, 0, 10000} {
		if v, err := instant(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)).Value(); err == nil {
			t.Errorf("the year %d was stored as %v", year, v)
		}
	}
}
