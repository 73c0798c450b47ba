package config

import (
	"log/slog"
	"net/netip"
	"net/url"
	"path/filepath"
	"time"

	"oneonone/internal/hours"
)

// resolve makes a Config of tree: defaults where it is silent, our types where
// it speaks. What cannot be read is reported and keeps its default.
func resolve(r *report, tree *value) *Config {
	cfg := defaults()
	set(r, tree.key("mode"), &cfg.Mode, oneOf(Act, Ask, Observe))
	for _, v := range tree.key("accounts").items {
		cfg.Accounts = append(cfg.Accounts, resolveAccount(r, v))
	}
	for _, v := range tree.key("people").items {
		cfg.People = append(cfg.People, resolvePerson(r, v))
	}
	resolveMoves(r, tree.key("moves"), &cfg.Moves)
	resolveCadence(r, tree.key("cadence"), &cfg.Cadence)
	suggestions := tree.key("suggestions")
	set(r, suggestions.key("organizer"), &cfg.Suggestions.Organizer, parseAddress)
	set(r, suggestions.key("weekly_status"), &cfg.Suggestions.WeeklyStatus, parseBool)
	set(r, tree.key("poll"), &cfg.Poll, parseDuration)
	set(r, tree.key("store"), &cfg.Store, parseStore)
	set(r, tree.key("listen"), &cfg.Listen, parseListen)
	set(r, tree.key("push").key("url"), &cfg.Push.URL, parseURL)
	resolveAgenda(r, tree, cfg)
	if v := tree.key("mail"); v.ok() {
		cfg.Mail = resolveMail(r, v)
	}
	resolveLog(r, tree.key("log"), &cfg.Log)
	setAll(r, tree.key("ignore_titles"), &cfg.IgnoreTitles, parseText)
	setAll(r, tree.key("away_titles"), &cfg.AwayTitles, parseText)
	setAll(r, tree.key("away_not_titles"), &cfg.AwayNotTitles, parseText)
	return cfg
}

func resolveAccount(r *report, v *value) Account {
	a := Account{Hours: hours.Default}
	if !v.ok() {
		return a
	}
	set(r, v.key("name"), &a.Name, parseAccountName)
	set(r, v.key("provider"), &a.Provider, oneOf(CalDAV, Google))
	set(r, v.key("url"), &a.URL, parseURL)
	set(r, v.key("username"), &a.Username, parseText)
	set(r, v.key("credential"), &a.Credential, parseCredential)
	set(r, v.key("subject"), &a.Subject, parseAddress)
	set(r, v.key("meet"), &a.Meet, parseBool)
	setAll(r, v.key("addresses"), &a.Addresses, parseAddress)
	set(r, v.key("time_zone"), &a.Zone, parseZone)
	set(r, v.key("working_hours"), &a.Hours, parseHours)
	setAll(r, v.key("calendars"), &a.Calendars, parseText)
	set(r, v.key("insecure"), &a.Insecure, parseBool)
	set(r, v.key("ca"), &a.CA, func(text string) (string, error) {
		path, err := parseText(text)
		if err != nil || filepath.IsAbs(path) {
			return path, err
		}
		return filepath.Join(filepath.Dir(r.file), path), nil
	})
	return a
}

func resolvePerson(r *report, v *value) Person {
	p := Person{Hours: hours.Default}
	if !v.ok() {
		return p
	}
	setAll(r, v.key("addresses"), &p.Addresses, parseAddress)
	set(r, v.key("name"), &p.Name, parseText)
	set(r, v.key("time_zone"), &p.Zone, parseZone)
	set(r, v.key("working_hours"), &p.Hours, parseHours)
	set(r, v.key("relation"), &p.Relation, oneOf("report", "manager", "peer", "mentor", "mentee", "friend"))
	set(r, v.key("onboarding"), &p.Onboarding, parseDate)
	set(r, v.key("every"), &p.Every, parseDuration)
	setAll(r, v.key("tags"), &p.Tags, parseText)
	return p
}

func resolveMoves(r *report, v *value, m *Moves) {
	for name, into := range map[string]*time.Duration{
		"notice": &m.Notice, "settle": &m.Settle, "horizon": &m.Horizon, "grid": &m.Grid, "shortest": &m.Shortest,
		"spacing": &m.Spacing, "max_gap": &m.MaxGap, "ask_within": &m.AskWithin,
	} {
		set(r, v.key(name), into, parseDuration)
	}
	room := v.key("breathing_room")
	set(r, room.key("before"), &m.Before, parseDuration)
	set(r, room.key("after"), &m.After, parseDuration)
	set(r, v.key("per_occurrence"), &m.PerOccurrence, parseNumber)
	set(r, v.key("per_series"), &m.PerSeries, parseNumber)
	set(r, v.key("max_changes_per_pass"), &m.MaxChangesPerPass, parseNumber)
	set(r, v.key("notify_guests"), &m.NotifyGuests, parseBool)
}

func resolveCadence(r *report, v *value, c *Cadence) {
	set(r, v.key("short"), &c.Short, parseDuration)
	set(r, v.key("streak"), &c.Streak, parseNumber)
	set(r, v.key("window"), &c.Window, parseNumber)
	set(r, v.key("long"), &c.Long, parseDuration)
}

// resolveAgenda comes after Listen: where the pages are served is where they are
// reached, unless the file says otherwise.
func resolveAgenda(r *report, tree *value, cfg *Config) {
	v := tree.key("agenda")
	set(r, v.key("kind"), &cfg.Agenda.Kind, oneOf(AgendaBuiltin, AgendaWebDAV, AgendaGoogle, AgendaNone))
	set(r, v.key("url"), &cfg.Agenda.URL, parseURL)
	if v.key("url").state == absent && cfg.servesPages() && reachable(cfg.Listen) {
		cfg.Agenda.URL = &url.URL{Scheme: "http", Host: cfg.Listen}
	}
}

// reachable reports whether what listens on hostPort can be reached by it.
func reachable(hostPort string) bool {
	u := url.URL{Host: hostPort}
	addr, err := netip.ParseAddr(u.Hostname())
	return u.Port() != "0" && (err != nil || !addr.IsUnspecified())
}

func resolveMail(r *report, v *value) *Mail {
	m := &Mail{}
	set(r, v.key("smtp"), &m.SMTP, parseHostPort)
	set(r, v.key("from"), &m.From, parseAddress)
	set(r, v.key("credential"), &m.Credential, parseCredential)
	return m
}

func resolveLog(r *report, v *value, l *Log) {
	set(r, v.key("level"), &l.Level, func(text string) (slog.Level, error) {
		var level slog.Level
		word, err := oneOf("debug", "info", "warn", "error")(text)
		if err != nil {
			return level, err
		}
		return level, level.UnmarshalText([]byte(word))
	})
	set(r, v.key("format"), &l.Format, oneOf(LogText, LogJSON))
}

// set puts what read makes of v into into, if v is given.
func set[T any](r *report, v *value, into *T, read func(string) (T, error)) {
	if !v.ok() || r.full() {
		return
	}
	x, err := read(v.text)
	if err != nil {
		r.wrong(v, asProblem(err))
		return
	}
	*into = x
}

// setAll puts the list that v is into into, if v is given; an empty list is one.
func setAll[T any](r *report, v *value, into *[]T, read func(string) (T, error)) {
	if !v.ok() {
		return
	}
	out := make([]T, len(v.items))
	for i, item := range v.items {
		set(r, item, &out[i], read)
	}
	*into = out
}
