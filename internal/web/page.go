package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the templates and the style sheet
	"encoding/base64"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"oneonone/internal/agenda"
)

var (
	//go:embed style.css
	style string
	//go:embed page.html
	pageHTML string
	//go:embed notice.html
	noticeHTML string
)

var (
	pageTemplate   = parse("page", pageHTML)
	noticeTemplate = parse("notice", noticeHTML)
	policy         = policyFor(style)
)

func parse(name, text string) *template.Template {
	return template.Must(template.New(name).Funcs(template.FuncMap{
		"style":   func() template.CSS { return template.CSS(style) },
		"machine": func(t time.Time) string { return t.Format(time.RFC3339) },
	}).Parse(text))
}

// policyFor allows the one style sheet that is part of the page, and nothing else.
func policyFor(style string) string {
	sum := sha256.Sum256([]byte(style))
	return strings.Join([]string{
		"default-src 'none'",
		"style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'",
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors 'none'",
	}, "; ")
}

// notice is a page with one message for a person.
type notice struct {
	Title string
	Text  []string
}

var (
	home = notice{"oneonone", []string{
		"Here are the agenda pages of 1:1 meetings. Each page has its own link, which stands on the meeting in the calendar.",
		"There is nothing else to see at this address.",
	}}
	notFound = notice{"There is no page at this address", []string{
		"Links break easily when they are copied. Open the meeting in your calendar and follow the link that stands there.",
		"If that one leads here too, it is out of date: the meeting gets a new one within a few minutes, or is no longer looked after.",
	}}
	notAllowed = notice{"This page can only be read", []string{
		"To change something about a meeting, change it in your calendar.",
	}}
	elsewhere = notice{"This was not pressed on the agenda page", []string{
		"Nothing was noted, because another page on the web may have sent you here. Open the meeting in your calendar, follow the link that stands there, and press it again.",
	}}
	notUnderstood = notice{"That was not understood", []string{
		"Nothing was noted. Please go back, load the page again, and try once more.",
	}}
	tooLate = notice{"It is too late for that", []string{
		"Nothing was changed. A meeting can be called done from its start until three hours later, and what was noted can be taken back for a quarter of an hour.",
		"To correct how long a meeting took, change its end in your calendar.",
	}}
	tooOften = notice{"That was pressed very often", []string{
		"Please wait a minute, then load the agenda page again: it shows what is noted.",
	}}
	tooMany = notice{"Too many links that do not exist", []string{
		"Please wait a minute, then follow the link that stands on the meeting in your calendar.",
	}}
	broken = notice{"The page cannot be shown just now", []string{
		"Nothing is lost. Please try again in a minute; if it stays like this, tell whoever runs oneonone for you.",
	}}
)

func show(w http.ResponseWriter, status int, n notice) {
	write(w, status, noticeTemplate, n)
}

func showPage(w http.ResponseWriter, p agenda.Page) {
	write(w, http.StatusOK, pageTemplate, p)
}

// write renders first, so that a broken page is never half sent.
func write(w http.ResponseWriter, status int, t *template.Template, data any) {
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		// The data are plain strings and numbers: only a wrong template fails,
		// and every template is executed by a test.
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a client that hung up needs no answer
}
