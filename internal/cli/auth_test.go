package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// signIn runs "oneonone auth carol" and pastes what answer makes of the address
// that it tells; network is nil where none is needed.
func signIn(t *testing.T, dir string, network http.RoundTripper, answer func(asked *url.URL) string) (status int, stdout, stderr string) {
	t.Helper()
	cfg := filepath.Join(t.TempDir(), "oneonone.yaml")
	text := "accounts: [{name: carol, provider: google, credential: carol, addresses: [carol@example.org]}]\n"
	if err := os.WriteFile(cfg, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	in, paste := io.Pipe()
	told, out := io.Pipe()
	var complaints, heard bytes.Buffer
	done := make(chan struct{})
	go func() {
		defer close(done)
		lines := bufio.NewScanner(told)
		for lines.Scan() {
			fmt.Fprintln(&heard, lines.Text())
			if u, err := url.Parse(lines.Text()); err == nil && u.Host == "accounts.google.com" {
				go fmt.Fprintln(paste, answer(u))
			}
		}
	}()
	status = Run(t.Context(), Env{
		Args:  []string{"auth", "carol", "--config", cfg, "--credentials", dir},
		Stdin: in, Stdout: out, Stderr: &complaints, Getenv: func(string) string { return "" }, Transport: network,
	})
	out.Close()
	in.Close()
	<-done
	return status, heard.String(), complaints.String()
}

func TestAuthTellsWhatToDoAndTakesWhatIsPasted(t *testing.T) {
	dir := t.TempDir()
	client := `{"installed":{"client_id":"x","client_secret":"hunter2"}}`
	if err := os.WriteFile(filepath.Join(dir, "carol"), []byte(client), 0o600); err != nil {
		t.Fatal(err)
	}
	status, out, complaints := signIn(t, dir, nil, func(asked *url.URL) string {
		return "http://127.0.0.1:1/?error=access_denied&state=" + asked.Query().Get("state")
	})
	if status != Failed || complaints != "oneonone: the sign-in was refused in the browser; nothing was changed\n" {
		t.Errorf("status %d, %q", status, complaints)
	}
	for _, want := range []string{`sign in as the person of account "carol"`, "https://accounts.google.com/", "paste it here"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	if strings.Contains(out+complaints, "hunter2") {
		t.Errorf("a secret is told: %s%s", out, complaints)
	}
}

func TestAuthSaysThatTheFileHasToBeWritable(t *testing.T) {
	dir := t.TempDir()
	// A directory in the place of the file cannot be read, by root neither.
	if err := os.Mkdir(filepath.Join(dir, "carol"), 0o700); err != nil {
		t.Fatal(err)
	}
	status, _, complaints := signIn(t, dir, nil, func(*url.URL) string { return "" })
	if status != Failed || !strings.Contains(complaints, "cannot be read and replaced: is a directory\n") ||
		!strings.Contains(complaints, "oneonone: hint: the file and its directory have to be writable") {
		t.Errorf("status %d, %q", status, complaints)
	}
}

func TestAuthEndsWhenItCannotTellTheAddress(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"carol": `{"installed":{"client_id":"x","client_secret":"y"}}`,
		"cfg":   "accounts: [{name: carol, provider: google, credential: carol, addresses: [carol@example.org]}]\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var complaints bytes.Buffer
	status := Run(t.Context(), Env{
		Args:   []string{"auth", "carol", "--config", filepath.Join(dir, "cfg"), "--credentials", dir},
		Stdout: broken{}, Stderr: &complaints, Getenv: func(string) string { return "" },
	})
	if status != Failed || !strings.Contains(complaints.String(), "the output could not be written") {
		t.Errorf("status %d, %q", status, &complaints)
	}
}
