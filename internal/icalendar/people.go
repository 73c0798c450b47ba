package icalendar

import (
	"strings"

	"github.com/emersion/go-ical"

	"oneonone/internal/calendar"
)

// guest reads an ATTENDEE. The parts that are missing have the defaults of RFC
// 5545 §3.2.
func guest(p ical.Prop) calendar.Attendee {
	return calendar.Attendee{
		Address: address(p.Value, p.Params.Get("EMAIL")),
		Name:    clean(decodeParam(p.Params.Get("CN"))),
		Kind:    kind(p.Params.Get("CUTYPE")),
		Answer:  answer(p.Params.Get("PARTSTAT")),
	}
}

// address returns the mail address of a calendar user. Where the value is
// another URI (iCloud writes paths of its own) the EMAIL parameter (RFC 7986
// §6.2) has it; without one the URI is all there is.
func address(value, email string) string {
	a := calendar.Address(value)
	mailto := len(a) != len(strings.TrimSpace(value))
	if !mailto && email != "" {
		a = calendar.Address(email)
	}
	return clean(a)
}

func kind(cutype string) calendar.Kind {
	switch k := calendar.Kind(strings.ToUpper(cutype)); k {
	case calendar.Room, calendar.Equipment, calendar.Group:
		return k
	}
	return calendar.Individual
}

func answer(partstat string) calendar.Answer {
	switch a := calendar.Answer(strings.ToUpper(partstat)); a {
	case calendar.Accepted, calendar.Declined, calendar.Maybe, calendar.Delegated:
		return a
	}
	return calendar.NeedsAction
}

var caretDecoder = strings.NewReplacer("^n", "\n", "^^", "^", "^'", `"`)

// decodeParam reads what RFC 6868 encodes in a parameter's value.
func decodeParam(v string) string {
	if strings.IndexByte(v, '^') < 0 {
		return v
	}
	return caretDecoder.Replace(v)
}
