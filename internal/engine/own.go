package engine

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/store"
)

// suggestionCalendar is the calendar in which the account's suggestions stand:
// one of the program's own where the provider has such, else the one that
// holds the 1:1s.
func (p *passWriter) suggestionCalendar(m *mirror) (string, bool) {
	aside, ok := m.account.Provider.(calendar.Aside)
	if !ok {
		return m.home()
	}
	c, err := aside.OwnCalendar(p.ctx)
	if err != nil {
		p.r.Failed[m.account.Name] = fmt.Errorf("no calendar for suggestions: %w", err)
		return "", false
	}
	if _, known := m.calendar(c.ID); !known { // It has just been made, and is not among those that are read.
		p.e.health[m.account.Name].listed = time.Time{}
		p.pullAgain(m.account.Name)
		return "", false
	}
	return c.ID, true
}

// home is the calendar that new events of the account go to.
func (m *mirror) home() (string, bool) {
	for _, c := range m.calendars {
		if c.Writable && m.holdsOneOnOnes(c.ID) {
			return c.ID, true
		}
	}
	return "", false
}

// eventID names the event of a suggestion for ever.
func eventID(x store.Suggestion) string {
	return ident(x.Account, x.Pair, x.Kind, x.UID, stamp(x.Original), stamp(x.AskedAt))
}

var base32hex = base32.HexEncoding.WithPadding(base32.NoPadding)

// ident makes a name of lower case letters to v and digits from what it stands for.
func ident(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return "oneonone" + strings.ToLower(base32hex.EncodeToString(sum[:15]))
}

// strays takes away suggestion events that nothing is known of: the program has
// lost its records. What they suggest is suggested anew.
func (s *suggester) strays() {
	for _, m := range s.w.mirrors {
		for _, sr := range m.series {
			if sr.master == nil || sr.master.Own != calendar.OwnSuggestion || s.knows(sr.uid) {
				continue
			}
			if home, ok := s.suggestionCalendar(m); !ok || home != sr.calendar {
				continue // The person's copy goes with it.
			}
			act := store.Action{Kind: store.Retract, UID: sr.uid, Reason: "Nothing is known of this suggestion any more."}
			if s.retract(m, sr.calendar, sr.master.Href, act, false); s.halted() {
				return
			}
		}
	}
}

// knows reports whether the event with the UID belongs to a recorded suggestion.
func (s *suggester) knows(uid string) bool {
	for _, all := range s.r.past {
		for _, x := range all {
			if strings.Contains(uid, x.EventID) {
				return true
			}
		}
	}
	return false
}
