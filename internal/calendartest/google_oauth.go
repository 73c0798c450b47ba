package calendartest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// GoogleTokenURL is where clients of the server get tokens. The server itself
// looks at the path alone.
const GoogleTokenURL = "https://oauth2.googleapis.com/token"

// The client that GoogleClient describes.
const (
	googleClientID     = "1234-oneonone.apps.googleusercontent.com"
	googleClientSecret = "not-confidential-on-a-desktop"
	scopePrefix        = "https://www.googleapis.com/auth/"
	fullScope          = scopePrefix + "calendar"
)

// tokenLife is how long an access token lives.
const tokenLife = 3599 * time.Second

// grant is what a token allows.
type grant struct {
	user   string
	scopes []string
	ends   time.Time // of an access token; zero for a refresh token
	// challenge and redirect belong to an authorization code.
	challenge, redirect string
}

// has reports whether the grant covers scope. A token of AccessToken covers
// everything of the calendar.
func (p grant) has(scope string) bool {
	return slices.Contains(p.scopes, scope) || slices.Contains(p.scopes, fullScope) && strings.HasPrefix(scope, fullScope)
}

type googleAuth struct {
	n       int // tokens ever made
	access  map[string]grant
	refresh map[string]grant
	codes   map[string]grant
	dead    map[string]bool // users whose refresh tokens are refused
	robots  map[string]*robot
	consent *grant // what the next person to sign in agrees to
}

// robot is a service account.
type robot struct {
	key    *rsa.PrivateKey
	scopes []string // that the domain's administrator has allowed
}

func newGoogleAuth() googleAuth {
	return googleAuth{access: map[string]grant{}, refresh: map[string]grant{}, codes: map[string]grant{},
		dead: map[string]bool{}, robots: map[string]*robot{}}
}

// AccessToken returns a token with which a client may do everything in the
// calendars of user for a year. With scopes, whose common prefix may be left
// out, it may do no more than those allow.
func (g *Google) AccessToken(user string, scopes ...string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.mustUser(user)
	return g.newAccess(grant{user: user, scopes: fullScopes(scopes)}, 366*24*time.Hour)
}

// RefreshToken returns what a person who signed in leaves to a program. Who has
// signed in is no longer revoked.
func (g *Google) RefreshToken(user string, scopes ...string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.mustUser(user)
	delete(g.auth.dead, user)
	return g.newRefresh(grant{user: user, scopes: fullScopes(scopes)})
}

// Client returns a client that signs every request with an AccessToken of user
// and reaches g without a network.
func (g *Google) Client(user string, scopes ...string) *http.Client {
	return &http.Client{Transport: signed{"Bearer " + g.AccessToken(user, scopes...), g.Transport()}}
}

type signed struct {
	authorization string
	next          http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (s signed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", s.authorization)
	return s.next.RoundTrip(r)
}

// Consent says what the next person at the sign-in page does: sign in as user
// and allow scopes, all that are asked for when none is given.
func (g *Google) Consent(user string, scopes ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.mustUser(user)
	g.auth.consent = &grant{user: user}
	if len(scopes) > 0 {
		g.auth.consent.scopes = fullScopes(scopes)
	}
}

// Revoke makes every token of user dead: a refresh answers invalid_grant, and a
// call 401.
func (g *Google) Revoke(user string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.auth.dead[user] = true
	for token, p := range g.auth.access {
		if p.user == user {
			delete(g.auth.access, token)
		}
	}
}

// Expire makes the access tokens of user old, so that they have to be refreshed.
func (g *Google) Expire(user string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for token, p := range g.auth.access {
		if p.user == user {
			p.ends = g.now()
			g.auth.access[token] = p
		}
	}
}

// ClientJSON is the file of a desktop client, as the console gives it.
func (g *Google) ClientJSON() []byte {
	return mustJSON(fields{"installed": fields{
		"client_id": googleClientID, "client_secret": googleClientSecret, "project_id": "oneonone",
		"auth_uri": "https://accounts.google.com/o/oauth2/auth", "token_uri": GoogleTokenURL,
		"redirect_uris": []string{"http://localhost"},
	}})
}

// ServiceAccount makes a service account to which the administrator of the
// domain has delegated scopes, and returns its key file. It may act for every user.
func (g *Google) ServiceAccount(email string, scopes ...string) []byte {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // crypto/rand does not fail.
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err) // It is an RSA key.
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.auth.robots[email] = &robot{key: key, scopes: fullScopes(scopes)}
	return mustJSON(fields{
		"type": "service_account", "project_id": "oneonone", "private_key_id": "1", "client_email": email,
		"client_id": "100000000000000000001", "token_uri": GoogleTokenURL,
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	})
}

func fullScopes(scopes []string) []string {
	if len(scopes) == 0 {
		return []string{fullScope}
	}
	full := make([]string, len(scopes))
	for i, s := range scopes {
		full[i] = scopePrefix + strings.TrimPrefix(s, scopePrefix)
	}
	return full
}

func (g *Google) mustUser(user string) {
	if g.users[user] == nil {
		panic(fmt.Sprintf("calendartest: Google has no user %q", user)) // A mistake in the test or the demonstration.
	}
}

func (g *Google) newAccess(p grant, life time.Duration) string {
	g.auth.n++
	p.ends = g.now().Add(life)
	token := fmt.Sprintf("ya29.access-%d", g.auth.n)
	g.auth.access[token] = p
	return token
}

func (g *Google) newRefresh(p grant) string {
	g.auth.n++
	token := fmt.Sprintf("1//refresh-%d", g.auth.n)
	g.auth.refresh[token] = p
	return token
}

// authorize is the sign-in page with the person at it (RFC 6749 §4.1.1).
func (g *Google) authorize(r *http.Request) answer {
	q := r.URL.Query()
	redirect, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || q.Get("client_id") != googleClientID || q.Get("response_type") != "code" || redirect.Scheme != "http" {
		return text(http.StatusBadRequest, "Error 400: invalid_request")
	}
	switch redirect.Hostname() {
	case "127.0.0.1", "::1", "localhost":
	default:
		return text(http.StatusBadRequest, "Error 400: redirect_uri_mismatch")
	}
	if q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" || q.Get("state") == "" {
		g.violation(r, "a sign-in without PKCE or without state")
	}
	back := url.Values{"state": {q.Get("state")}}
	if p := g.auth.consent; p == nil {
		back.Set("error", "access_denied")
	} else {
		g.auth.n++
		code := fmt.Sprintf("4/code-%d", g.auth.n)
		given := grant{user: p.user, scopes: strings.Fields(q.Get("scope")), challenge: q.Get("code_challenge"), redirect: q.Get("redirect_uri")}
		if p.scopes != nil {
			given.scopes = slices.DeleteFunc(given.scopes, func(s string) bool { return !slices.Contains(p.scopes, s) })
		}
		if q.Get("access_type") != "offline" {
			g.violation(r, "a sign-in without access_type=offline brings no refresh token")
		}
		g.auth.codes[code] = given
		back.Set("code", code)
		back.Set("scope", strings.Join(given.scopes, " "))
	}
	redirect.RawQuery = back.Encode()
	return status(http.StatusFound).with("Location", redirect.String())
}

// token is the token endpoint (RFC 6749 §3.2).
func (g *Google) token(r *http.Request, body []byte) answer {
	form, err := url.ParseQuery(string(body))
	if err != nil || r.Method != http.MethodPost {
		return tokenError("invalid_request", "")
	}
	kind := form.Get("grant_type")
	client := form.Get("client_id")
	if name, _, ok := r.BasicAuth(); ok {
		client = name // RFC 6749 §2.3.1 allows either.
	}
	if client != googleClientID && (kind == "refresh_token" || kind == "authorization_code") {
		return tokenError("invalid_client", "The OAuth client was not found.")
	}
	switch kind {
	case "refresh_token":
		p, ok := g.auth.refresh[form.Get("refresh_token")]
		if !ok || g.auth.dead[p.user] {
			return tokenError("invalid_grant", "Token has been expired or revoked.")
		}
		return g.tokens(p, "")
	case "authorization_code":
		p, ok := g.auth.codes[form.Get("code")]
		delete(g.auth.codes, form.Get("code"))
		sum := sha256.Sum256([]byte(form.Get("code_verifier")))
		if !ok || p.redirect != form.Get("redirect_uri") ||
			p.challenge != "" && base64.RawURLEncoding.EncodeToString(sum[:]) != p.challenge {
			return tokenError("invalid_grant", "Bad Request")
		}
		delete(g.auth.dead, p.user)
		return g.tokens(p, g.newRefresh(p))
	case "urn:ietf:params:oauth:grant-type:jwt-bearer":
		return g.robotToken(form.Get("assertion"))
	}
	return tokenError("unsupported_grant_type", "Invalid grant_type: "+kind)
}

// robotToken reads the assertion of a service account (RFC 7523).
func (g *Google) robotToken(assertion string) answer {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return tokenError("invalid_grant", "Bad Request")
	}
	var claims struct {
		Iss, Sub, Scope, Aud string
		Exp, Iat             int64
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(payload, &claims) != nil {
		return tokenError("invalid_grant", "Bad Request")
	}
	bot := g.auth.robots[claims.Iss]
	if bot == nil {
		return tokenError("invalid_grant", "Invalid grant: account not found")
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err != nil || rsa.VerifyPKCS1v15(&bot.key.PublicKey, crypto.SHA256, sum[:], signature) != nil {
		return tokenError("invalid_grant", "Invalid JWT Signature.")
	}
	if now := g.now().Unix(); claims.Exp <= now || claims.Iat > now+300 || claims.Exp-claims.Iat > 3600 {
		return tokenError("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.")
	}
	if claims.Sub == "" || g.users[claims.Sub] == nil || g.auth.dead[claims.Sub] {
		return tokenError("invalid_grant", "Invalid email or User ID")
	}
	p := grant{user: claims.Sub, scopes: strings.Fields(claims.Scope)}
	allowed := grant{scopes: bot.scopes}
	for _, s := range p.scopes {
		if !allowed.has(s) {
			return tokenError("unauthorized_client", "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.")
		}
	}
	return g.tokens(p, "")
}

func (g *Google) tokens(p grant, refresh string) answer {
	f := fields{"access_token": g.newAccess(p, tokenLife), "expires_in": int(tokenLife.Seconds()), "token_type": "Bearer", "scope": strings.Join(p.scopes, " ")}
	if refresh != "" {
		f["refresh_token"] = refresh
	}
	return jsonAnswer(f)
}

func tokenError(code, words string) answer {
	a := status(http.StatusBadRequest).with("Content-Type", "application/json; charset=utf-8")
	if code == "invalid_client" || code == "unauthorized_client" {
		a.status = http.StatusUnauthorized
	}
	a.body = mustJSON(fields{"error": code, "error_description": words})
	return a
}
