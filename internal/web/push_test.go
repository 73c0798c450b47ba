package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const pushToken = "hard-to-guess"

// pushOptions has one open channel, and counts what it tells.
func pushOptions(t testing.TB, told *int) Options {
	o := testOptions(t)
	o.Channel = func(id string) (Channel, bool) {
		return Channel{Token: pushToken, Changed: func() { *told++ }}, id == "open"
	}
	return o
}

// notification is a message as Google sends it.
func notification(method, id, token, state, body string) *http.Request {
	r := httptest.NewRequest(method, "https://calendar.example.org"+PushPath, strings.NewReader(body))
	for name, v := range map[string]string{"X-Goog-Channel-ID": id, "X-Goog-Channel-Token": token, "X-Goog-Resource-State": state} {
		if v != "" {
			r.Header.Set(name, v)
		}
	}
	return r
}

func TestNotifications(t *testing.T) {
	for _, c := range []struct {
		name, method, id, token, state, body string
		status, told                         int
	}{
		{"a change", "POST", "open", pushToken, "exists", "", 204, 1},
		{"a deletion", "POST", "open", pushToken, "not_exists", "", 204, 1},
		{"a state nobody knows", "POST", "open", pushToken, "", "", 204, 1},
		{"the first message", "POST", "open", pushToken, "sync", "", 200, 0},
		{"a small body", "POST", "open", pushToken, "exists", "{}", 204, 1},
		{"a large body", "POST", "open", pushToken, "exists", strings.Repeat("x", maxPush+1), 413, 0},
		{"a wrong token", "POST", "open", pushToken + "x", "exists", "", 404, 0},
		{"the token in other letters", "POST", "open", strings.ToUpper(pushToken), "exists", "", 404, 0},
		{"no token", "POST", "open", "", "exists", "", 404, 0},
		{"another channel", "POST", "closed", pushToken, "exists", "", 404, 0},
		{"no channel", "POST", "", "", "", "", 404, 0},
		{"reading", "GET", "open", pushToken, "exists", "", 404, 0},
		{"another method", "PUT", "open", pushToken, "exists", "", 405, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			told, log := 0, &bytes.Buffer{}
			o := pushOptions(t, &told)
			o.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			w := httptest.NewRecorder()
			New(o).ServeHTTP(w, notification(c.method, c.id, c.token, c.state, c.body))
			if w.Code != c.status || told != c.told {
				t.Errorf("answered %d and told %d times, want %d and %d", w.Code, told, c.status, c.told)
			}
			if strings.Contains(w.Body.String()+log.String(), pushToken) {
				t.Error("the token is told")
			}
		})
	}
}

// What is wrong with a message is nobody's business.
func TestWrongNotificationsLookAlike(t *testing.T) {
	told := 0
	h := New(pushOptions(t, &told))
	answer := func(r *http.Request) string {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Body.String()
	}
	unknown := answer(notification("POST", "closed", pushToken, "exists", ""))
	if wrong := answer(notification("POST", "open", "x", "exists", "")); wrong != unknown {
		t.Errorf("a wrong token is answered %q, an unknown channel %q", wrong, unknown)
	}
}

// Wrong messages, however many, do not keep the right ones out, although all
// come from the same proxy.
func TestNotificationsAreNotSlowedDown(t *testing.T) {
	told := 0
	h := New(pushOptions(t, &told))
	for range 500 {
		h.ServeHTTP(httptest.NewRecorder(), notification("POST", "closed", "x", "exists", ""))
	}
	h.ServeHTTP(httptest.NewRecorder(), notification("POST", "open", pushToken, "exists", ""))
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}

func TestNoChannelsNoPath(t *testing.T) {
	w := httptest.NewRecorder()
	New(testOptions(t)).ServeHTTP(w, notification("POST", "open", pushToken, "exists", ""))
	if w.Code != http.StatusNotFound {
		t.Errorf("answered %d", w.Code)
	}
}
