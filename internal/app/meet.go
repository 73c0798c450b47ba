package app

import (
	"oneonone/internal/calendar"
	"oneonone/internal/google"
)

// meetOf returns what asks Google Meet for a client, nil where that is not to be.
func meetOf(c client) *google.Meet {
	if g, ok := c.(*google.Client); ok {
		return g.Meet()
	}
	return nil
}

// measurerOf is meetOf for the engine.
func measurerOf(c client) calendar.Measurer {
	if m := meetOf(c); m != nil {
		return m
	}
	return nil
}
