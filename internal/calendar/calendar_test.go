package calendar

import "testing"

func TestR1AddressesAreComparedWhole(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"mailto:Ann@Example.org", "ann@example.org", true},
		{" MAILTO:ann@example.org ", "ANN@example.org", true},
		{"ann@example.org", "joann@example.org", false},
		{"ann@example.org", "ann@example.org.evil", false},
	} {
		if got := SameAddress(c.a, c.b); got != c.same {
			t.Errorf("SameAddress(%q, %q) = %v, want %v", c.a, c.b, got, c.same)
		}
	}
	e := Event{Attendees: []Attendee{{Address: "ann@example.org", Answer: Declined}}}
	if a, invited := e.AnswerOf([]string{"x@example.org", "Ann@example.org"}); a != Declined || !invited {
		t.Errorf("AnswerOf = %q, %v", a, invited)
	}
	if _, invited := e.AnswerOf([]string{"joann@example.org"}); invited {
		t.Error("a longer address answered for another person")
	}
}
