package agenda

import (
	"encoding/base64"
	"fmt"
	"io"
	"strings"
)

// linkPath stands between the base address and the token of a link.
const linkPath = "/a/"

// tokenBytes is the randomness of a new token: 192 bits, 32 characters.
const tokenBytes = 24

// NewToken returns a token that nobody can guess, made from 192 bits of random,
// which has to be a cryptographic source.
func NewToken(random io.Reader) (string, error) {
	var b [tokenBytes]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("making an agenda token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}

// ValidToken reports whether s can be a token: base64url of at least 128 bits,
// 22 to 64 characters.
func ValidToken(s string) bool {
	if len(s) < 22 || len(s) > 64 {
		return false
	}
	for _, c := range []byte(s) {
		if !isLetter(c) && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// Link returns the address of the page with token, under base, the address by
// which people reach the program (agenda.url of the configuration).
func Link(base, token string) string { return strings.TrimRight(base, "/") + linkPath + token }

// TokenOf returns the token of a link that Link made with the same base, and
// whether it is one. Letter case of the base does not count.
func TokenOf(base, link string) (string, bool) {
	prefix := strings.TrimRight(base, "/") + linkPath
	link = strings.TrimSpace(link)
	if len(link) < len(prefix) || !strings.EqualFold(link[:len(prefix)], prefix) {
		return "", false
	}
	token := link[len(prefix):]
	if !ValidToken(token) {
		return "", false
	}
	return token, true
}
