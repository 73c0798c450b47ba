package app

import (
	"oneonone/internal/config"
	"oneonone/internal/engine"
	"oneonone/internal/google"
)

// KeepsDocuments reports whether the agendas of the account's pairs are documents.
func KeepsDocuments(c *config.Config, acc config.Account) bool {
	return c.Agenda.Kind == config.AgendaGoogle && acc.Provider == config.Google
}

// documentsOf returns where a client keeps agendas as documents, nil for nowhere.
func documentsOf(c client) *google.Documents {
	if g, ok := c.(*google.Client); ok {
		return g.Documents()
	}
	return nil
}

// publisherOf is documentsOf for the engine.
func publisherOf(c client) engine.Publisher {
	if d := documentsOf(c); d != nil {
		return d
	}
	return nil
}
