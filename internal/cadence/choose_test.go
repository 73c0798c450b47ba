package cadence_test

import (
	"testing"
	"time"

	. "oneonone/internal/cadence"
)

func TestR28Answer(t *testing.T) {
	now := start
	for _, c := range []struct {
		state State
		seen  Seen
		age   time.Duration
		want  State
	}{
		{Wanted, Waiting, 0, Open}, {Wanted, Gone, 9 * week, Wanted}, {Wanted, Yes, 0, Accepted},
		{Open, Waiting, week - 1, Open}, {Open, Waiting, week, Expired},
		{Open, Yes, 9 * week, Accepted}, {Open, No, 0, Refused}, {Open, Gone, 0, Refused}, {Open, Perhaps, 0, Later},
		{Later, Waiting, 9 * week, Later}, {Later, Gone, 0, Later}, {Later, Yes, 0, Accepted}, {Later, No, 0, Refused},
		{Accepted, No, 0, Accepted}, {Accepted, Gone, 9 * week, Accepted},
		{Applied, No, 0, Applied}, {Refused, Yes, 0, Refused}, {Expired, Yes, 0, Expired}, {Withdrawn, Yes, 0, Withdrawn}, {Failed, Yes, 0, Failed},
	} {
		s := Suggested{Kind: CatchUp, State: c.state, AskedAt: now.Add(-c.age)}
		if got := Answer(s, c.seen, now); got != c.want {
			t.Errorf("Answer(%s, %s) after %v = %s, want %s", c.state, c.seen, c.age, got, c.want)
		}
	}
}

// TestR28Rests goes through what a suggestion of the past does to a proposal.
func TestR28Rests(t *testing.T) {
	now := start
	a, b := at(3).Original, at(4).Original
	p := func(k Kind, original time.Time) Proposal { return Proposal{Kind: k, UID: "s", Original: original} }
	s := func(k Kind, original time.Time, state State, ago time.Duration) Suggested {
		return Suggested{Kind: k, UID: "s", Original: original, State: state, AskedAt: now.Add(-ago), EndedAt: now.Add(-ago)}
	}
	var none time.Time
	for _, c := range []struct {
		name string
		p    Proposal
		s    Suggested
		made bool
	}{
		{"refused, almost 8 weeks", p(ToBiweekly, none), s(ToBiweekly, none, Refused, 8*week-1), false},
		{"refused, 8 weeks", p(ToBiweekly, none), s(ToBiweekly, none, Refused, 8*week), true},
		{"refused for the series before", p(Retime, none), Suggested{Kind: Retime, UID: "old", State: Refused, EndedAt: now}, false},
		{"another kind was refused", p(ToBiweekly, none), s(Retime, none, Refused, 0), true},
		{"a move was refused", p(Move, a), s(Move, a, Refused, day), false},
		{"another move was refused", p(Move, a), s(Move, b, Refused, day), true},
		{"a move expired long ago", p(Move, a), s(Move, a, Expired, 50*week), false},
		{"expired, almost 4 weeks", p(CatchUp, none), s(CatchUp, none, Expired, 4*week-1), false},
		{"expired, 4 weeks", p(CatchUp, none), s(CatchUp, none, Expired, 4*week), true},
		{"a catch-up for another deleted one", p(MakeUp, a), s(MakeUp, b, Refused, day), true},
		{"a catch-up for this deleted one", p(MakeUp, a), s(MakeUp, a, Expired, 50*week), false},
		{"a return, once", p(Return, a), s(Return, a, Applied, 50*week), false},
		{"maybe, almost a week", p(Retime, none), s(Retime, none, Later, week-1), false},
		{"maybe, a week", p(Retime, none), s(Retime, none, Later, week), true},
		{"less urgent than a maybe", p(ToBiweekly, none), s(Retime, none, Later, day), false},
		{"more urgent than a maybe", p(CatchUp, none), s(Retime, none, Later, day), true},
		{"withdrawn today", p(CatchUp, none), s(CatchUp, none, Withdrawn, day-1), false},
		{"withdrawn yesterday", p(CatchUp, none), s(CatchUp, none, Withdrawn, day), true},
		{"another one withdrawn today", p(MakeUp, a), s(MakeUp, b, Withdrawn, 0), true},
		{"just applied", p(CatchUp, none), s(CatchUp, none, Applied, day), false},
		{"failed a week ago", p(CatchUp, none), s(CatchUp, none, Failed, week), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Choose(now, []Proposal{c.p}, []Suggested{c.s})
			if got.Keep || got.Withdraw != "" || (got.Make != nil) != c.made {
				t.Errorf("Choose = %+v, want made %v", got, c.made)
			}
		})
	}
}

func TestR28OneOpen(t *testing.T) {
	now := start
	a := now.Add(2 * day)
	move := Proposal{Kind: Move, UID: "s", Original: a}
	distant := Proposal{Kind: Move, UID: "s", Original: at(3).Original}
	catchUp := Proposal{Kind: CatchUp}
	slower := Proposal{Kind: ToBiweekly, UID: "s"}
	open := func(p Proposal, state State) Suggested {
		return Suggested{Kind: p.Kind, UID: p.UID, Original: p.Original, State: state, AskedAt: now.Add(-day)}
	}
	for _, c := range []struct {
		name     string
		ps       []Proposal
		open     Suggested
		keep     bool
		withdraw bool
		made     Kind
	}{
		{"still true", []Proposal{slower}, open(slower, Open), true, false, ""},
		{"wanted and still true", []Proposal{slower}, open(slower, Wanted), true, false, ""},
		{"no longer true", nil, open(slower, Open), false, true, ""},
		{"no longer true, another is", []Proposal{catchUp}, open(slower, Open), false, true, CatchUp},
		{"a more urgent one waits", []Proposal{slower, catchUp}, open(slower, Open), true, false, ""},
		{"a move does not wait", []Proposal{slower, move}, open(slower, Open), false, true, Move},
		{"one that comes after the answer does", []Proposal{slower, distant}, open(slower, Open), true, false, ""},
		{"a move waits for a move", []Proposal{move, {Kind: Move, UID: "s", Original: a.Add(-week)}}, open(move, Open), true, false, ""},
		{"accepted", []Proposal{move, catchUp}, open(slower, Accepted), true, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Choose(now, c.ps, []Suggested{c.open})
			var made Kind
			if got.Make != nil {
				made = got.Make.Kind
			}
			if got.Keep != c.keep || (got.Withdraw != "") != c.withdraw || made != c.made {
				t.Errorf("Choose = %+v (%s), want keep %v, withdraw %v, make %q", got, made, c.keep, c.withdraw, c.made)
			}
		})
	}
	if got := Choose(now, []Proposal{slower, catchUp, move}, nil); got.Make == nil || got.Make.Kind != Move {
		t.Errorf("the most urgent is %+v, want the move", got.Make)
	}
}
