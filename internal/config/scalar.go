package config

import (
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"oneonone/internal/hours"
)

// The functions of this file read the text of one key. What they refuse, they
// refuse with a problem.

// oneOf returns a reader of a word that is one of words.
func oneOf[T ~string](words ...T) func(string) (T, error) {
	return func(text string) (T, error) {
		if w := T(text); slices.Contains(words, w) {
			return w, nil
		}
		all := make([]string, len(words))
		for i, w := range words {
			all[i] = string(w)
		}
		return "", problem{quote(text) + " is not one of the values", didYouMean(text, all, "values here are")}
	}
}

// parseText reads a text that says something.
func parseText(text string) (string, error) {
	if strings.TrimSpace(text) == "" {
		return "", problem{"the text is empty", "give it a value, or remove it"}
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return "", problem{quote(text) + " has more than one line", "write it on one line"}
	}
	return strings.TrimSpace(text), nil
}

func parseBool(text string) (bool, error) {
	switch text {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	p := problem{quote(text) + " is neither true nor false", "write true or false"}
	switch strings.ToLower(text) {
	case "yes", "on", "true", "1":
		p.hint = "did you mean true?"
	case "no", "off", "false", "0":
		p.hint = "did you mean false?"
	}
	return false, p
}

// parseNumber reads a number that counts something.
func parseNumber(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || strconv.Itoa(n) != text {
		return 0, problem{quote(text) + " is no whole number", "write digits only, such as 20"}
	}
	return n, nil
}

// parseDate reads a date; the result is its beginning in UTC.
func parseDate(text string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, problem{quote(text) + " is no date", "write year, month and day, such as 2026-12-31"}
	}
	return t, nil
}

func parseHours(text string) (hours.Week, error) {
	w, err := hours.Parse(text)
	if err != nil {
		return w, err // which says what was expected
	}
	if w.Empty() {
		return w, problem{"without any working hours no meeting could be placed", "write days and times such as Mon-Fri 09:00-17:00"}
	}
	return w, nil
}

// parseAddress reads a bare address; the result is in lower case.
func parseAddress(text string) (string, error) {
	no := problem{quote(text) + " is no address", "write it like ann@example.org"}
	a, err := mail.ParseAddress(text)
	switch {
	case len(text) >= 7 && strings.EqualFold(text[:7], "mailto:"):
		no.hint = "leave out " + text[:7]
		return "", no
	case err == nil && a.Address != text:
		no.hint = "write the address alone: " + a.Address
		return "", no
	case err != nil || strings.ContainsFunc(text, unicode.IsControl):
		return "", no
	}
	return strings.ToLower(text), nil
}

// parseCredential reads a name that can be that of a file, and that systemd
// takes as the name of a credential.
func parseCredential(text string) (string, error) {
	const hint = "a credential is the name of a file in the credentials directory, such as ann"
	switch {
	case text == "" || strings.TrimSpace(text) != text:
		return "", problem{quote(text) + " is no name of a file", hint}
	case strings.ContainsAny(text, `/\:`):
		return "", problem{quote(text) + ` has a "/", "\" or ":" in it`, hint}
	case strings.Trim(text, ".") == "", len(text) > 255, strings.ContainsFunc(text, unicode.IsControl):
		return "", problem{quote(text) + " cannot be the name of a file", hint}
	}
	return text, nil
}

// parseAccountName reads a name that can stand on a command line.
func parseAccountName(text string) (string, error) {
	allowed := func(c rune) bool {
		return c == '-' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
	}
	if text == "" || len(text) > 64 || strings.HasPrefix(text, "-") ||
		strings.ContainsFunc(text, func(c rune) bool { return !allowed(c) }) {
		return "", problem{quote(text) + " cannot be the name of an account", "use up to 64 letters, digits, - and _, such as ann or ann-work"}
	}
	return text, nil
}

// parseURL reads an absolute http or https URL without what could hold a secret.
func parseURL(text string) (*url.URL, error) {
	const form = "write it like https://dav.example.org/"
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, problem{quote(withoutUser(text)) + " is no URL", form}
	case u.User != nil:
		return nil, problem{"the URL has a user in it", "leave out what is before the @; user names and credentials have keys of their own"}
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, problem{quote(withoutUser(text)) + " does not begin with https:// or http://", form}
	case u.Hostname() == "":
		return nil, problem{quote(text) + " names no host", form}
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, problem{quote(text) + ` has a "?" or "#" in it`, form}
	case !validPort(u.Port(), true):
		return nil, problem{quote(text) + " has no valid port", "a port is a number from 1 to 65535"}
	}
	return u, nil
}

// withoutUser takes out what could be a password: it must not get into a log.
func withoutUser(text string) string {
	return text[strings.LastIndexByte(text, '@')+1:]
}

// parseStore reads a file name or the URL of a PostgreSQL database.
func parseStore(text string) (string, error) {
	scheme, _, isURL := strings.Cut(text, "://")
	if !isURL {
		switch {
		case strings.HasSuffix(text, "/"):
			return "", problem{quote(text) + " is a folder", "name a file, such as oneonone.db"}
		case text == ":memory:" || strings.HasPrefix(text, "file:"):
			return "", problem{quote(text) + " is no file name", "name a file, such as oneonone.db"}
		}
		return parseText(text)
	}
	u, err := url.Parse(text)
	switch {
	case scheme != "postgres" && scheme != "postgresql":
		return "", problem{quote(withoutUser(text)) + " is no store", "name a file, such as oneonone.db, or a URL that begins with postgres://"}
	case err != nil:
		return "", problem{quote(withoutUser(text)) + " is no URL", "write it like postgres://oneonone@db.example.org/oneonone"}
	}
	if _, has := u.User.Password(); has || u.Query().Has("password") {
		return "", problem{"the URL has a password in it", "leave it out and put it into a password file of PostgreSQL (.pgpass, or passfile= in the URL)"}
	}
	return text, nil
}

// parseHostPort reads host:port.
func parseHostPort(text string) (string, error) {
	host, port, err := net.SplitHostPort(text)
	switch {
	case err != nil || !validHost(host):
		return "", problem{quote(text) + " is no host and port", "write it like mail.example.org:587"}
	case !validPort(port, false):
		return "", problem{quote(text) + " has no valid port", "a port is a number from 1 to 65535"}
	}
	return text, nil
}

// parseListen reads the host:port to listen on. The host has to be said: an
// empty one means "everybody", and nobody reads it that way.
func parseListen(text string) (string, error) {
	const hint = "127.0.0.1:8411 serves this machine only, 0.0.0.0:8411 everybody who reaches it"
	host, port, err := net.SplitHostPort(text)
	switch {
	case err == nil && host == "":
		return "", problem{quote(text) + " does not say on which address", hint}
	case err != nil || !validHost(host):
		return "", problem{quote(text) + " is no host and port", hint}
	case port != "0" && !validPort(port, false):
		return "", problem{quote(text) + " has no valid port", "a port is a number from 1 to 65535, or 0 for any that is free"}
	}
	return text, nil
}

func validHost(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return host != "" && len(host) <= 253 && !strings.ContainsFunc(host, func(c rune) bool {
		return c != '-' && c != '.' && c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c)
	})
}

func validPort(port string, orNone bool) bool {
	if port == "" {
		return orNone
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

// loopback reports whether host is this machine, by its name alone.
func loopback(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().IsLoopback()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
