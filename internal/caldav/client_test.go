package caldav

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNewRefuses(t *testing.T) {
	for _, tc := range []struct {
		name  string
		o     Options
		words string
	}{
		{"no url", Options{}, "has to look like"},
		{"no scheme", Options{URL: "dav.example.org"}, "has to look like"},
		{"another scheme", Options{URL: "ftp://dav.example.org/"}, "has to look like"},
		{"http", Options{URL: "http://dav.example.org/"}, "would show the password"},
		{"http to a name that only looks local", Options{URL: "http://localhost.example.org/"}, "would show the password"},
		{"password in the url", Options{URL: "https://ann:hunter2@dav.example.org/"}, "put it into username"},
		{"colon in the user name", Options{URL: "https://dav.example.org/", Username: "a:b"}, "colon"},
		{"no CA file", Options{URL: "https://dav.example.org/", CAFile: "/does/not/exist"}, "certificates to trust"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := New(tc.o)
			if err == nil || !strings.Contains(err.Error(), tc.words) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("New: %v, want %q in it", err, tc.words)
			}
		})
	}
	for _, url := range []string{"http://localhost:5232", "http://127.0.0.1/x", "http://[::1]:80/", "http://cal.localhost/"} {
		if _, err := New(Options{URL: url}); err != nil {
			t.Errorf("New(%s): %v", url, err)
		}
	}
	if _, err := New(Options{URL: "http://dav.example.org/", Insecure: true}); err != nil {
		t.Errorf("New with insecure: %v", err)
	}
}

// TestSecret: the password shows up nowhere.
func TestSecret(t *testing.T) {
	c := newClient(t, Options{URL: "https://dav.example.org/", Username: "ann", Password: "hunter2"})
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "password", c.password)
	text, err := json.Marshal(c.password)
	shown := fmt.Sprintf("%v %+v %#v %s %q", c.password, c.password, c.password, c.password, c.password) + log.String() + string(text)
	shown += fmt.Sprintf("%v %+v %#v", c, c, c)
	if err != nil || strings.Contains(shown, "hunter2") || strings.Count(shown, "(secret)") < 7 {
		t.Errorf("the password is shown as %s, %v", shown, err)
	}
}

func TestCAFile(t *testing.T) {
	s := httptest.NewTLSServer(items(found("/", homeAt("/")+aCollection), found("/work/", aCalendar)))
	defer s.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	if list, err := newClient(t, Options{URL: s.URL, CAFile: file}).Calendars(ctx); err != nil || len(list) != 1 {
		t.Errorf("Calendars() = %v, %v", list, err)
	}
	if err := os.WriteFile(file, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{URL: s.URL, CAFile: file}); err == nil || !strings.Contains(err.Error(), "holds no certificate") {
		t.Errorf("New with a file of something else: %v", err)
	}
}
