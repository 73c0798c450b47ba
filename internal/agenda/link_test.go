package agenda

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"
)

func TestLink(t *testing.T) {
	seed := sha256.Sum256([]byte("a"))
	token, err := NewToken(bytes.NewReader(seed[:]))
	if err != nil || len(token) != 32 || !ValidToken(token) {
		t.Fatalf("NewToken = %q, %v", token, err)
	}
	if _, err := NewToken(strings.NewReader("short")); err == nil {
		t.Error("a token was made of too little randomness")
	}
	const base = "https://agenda.example.org/one"
	for _, b := range []string{base, base + "/"} {
		link := Link(b, token)
		if want := base + "/a/" + token; link != want {
			t.Errorf("Link = %q, want %q", link, want)
		}
		if got, ok := TokenOf(b, " "+link+" "); !ok || got != token {
			t.Errorf("TokenOf(%q, %q) = %q, %t", b, link, got, ok)
		}
	}
	if got, ok := TokenOf(base, "HTTPS://Agenda.example.org/one/a/"+token); !ok || got != token {
		t.Errorf("letter case of the host: %q, %t", got, ok)
	}
	for _, link := range []string{
		"", base, base + "/a/", base + "/a/short", base + "/a/" + token + "/x", base + "/a/" + token + "?q",
		base + "/a/" + strings.Repeat("x", 65), base + "/a/" + strings.Repeat("é", 11), "https://evil.example/a/" + token,
		base + "/b/" + token,
	} {
		if got, ok := TokenOf(base, link); ok {
			t.Errorf("TokenOf(%q) took %q", link, got)
		}
	}
}
