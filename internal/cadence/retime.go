package cadence

import "fmt"

// R18 looks at so many occurrences and acts on so many with a conflict.
const (
	troubleWindow = 4
	troubleLimit  = 3
)

// troubles returns how many of the last occurrences of s had a conflict, and of
// how many.
func troubles(s *Series) (n, of int) {
	seen := s.Troubled[max(0, len(s.Troubled)-troubleWindow):]
	for _, t := range seen {
		if t {
			n++
		}
	}
	return n, len(seen)
}

// retimes is R18.
func (v *view) retimes() []Proposal {
	var out []Proposal
	for i := range v.Series {
		s := &v.Series[i]
		n, of := troubles(s)
		if v.Fixed != "" || n < troubleLimit || s.Better == nil || s.Better.Conflicts >= s.Better.Before {
			continue
		}
		out = append(out, Proposal{
			Rule: "R18", Kind: Retime, UID: s.UID, Start: s.Better.Start,
			Reason: fmt.Sprintf("Of the last %s meetings %s could not take place as planned. In the next %s the time you have now would collide with something %s, the new one %s.",
				count(of), count(n), plural(s.Better.Weeks, "week"), times(s.Better.Before), times(s.Better.Conflicts)),
		})
	}
	return out
}
