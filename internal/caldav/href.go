package caldav

import (
	"net/url"
	"strings"
)

// collection is the URL of a calendar, home or principal, and a reader of the
// hrefs inside it.
type collection struct {
	url *url.URL
	key string // canonical path, with the slash at the end
}

func newCollection(u *url.URL) collection {
	key := canonical(u.EscapedPath())
	if !strings.HasSuffix(key, "/") {
		key += "/"
	}
	return collection{url: u, key: key}
}

// member tells whether href names something that lies directly inside the
// collection, and gives its spelling for requests and its key for comparisons.
// The collection itself, collections inside it and anything elsewhere are no
// members. An absolute URL is taken by its path alone: servers behind a proxy
// often do not know their own scheme and name.
func (c collection) member(href string) (spelling, key string, ok bool) {
	path, ok := c.path(href)
	if !ok {
		return "", "", false
	}
	key = canonical(path)
	rest, inside := strings.CutPrefix(key, c.key)
	if !inside || rest == "" || rest == "." || rest == ".." || strings.Contains(rest, "/") {
		return "", "", false
	}
	if strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "//") && !strings.ContainsAny(href, "?#") {
		return href, key, true
	}
	return path, key, true
}

// itself reports whether href names the collection.
func (c collection) itself(href string) bool {
	path, ok := c.path(href)
	return ok && strings.TrimSuffix(canonical(path), "/")+"/" == c.key
}

func (c collection) path(href string) (string, bool) {
	if strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "//") && plain(href) {
		return href, true // by far the most
	}
	u, err := resolve(c.url, href)
	if err != nil || href == "" {
		return "", false
	}
	return u.EscapedPath(), true
}

// resolve turns an href of an answer into a URL, keeping its escapes as they
// are. A percent sign that escapes nothing is taken literally.
func resolve(base *url.URL, href string) (*url.URL, error) {
	ref, err := url.Parse(href)
	if err != nil && strings.Contains(href, "%") {
		ref, err = url.Parse(escapeStray(href))
	}
	if err != nil {
		return nil, err
	}
	u := base.ResolveReference(ref)
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

func escapeStray(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if s[i] == '%' && !(i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2])) {
			b.WriteString("%25")
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// canonical returns the one spelling that all equivalent spellings of a path
// share: "%40" and "@" are the same, "%2F" and "/" are not (RFC 3986 §6.2.2).
func canonical(path string) string {
	if plain(path) {
		return path
	}
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if raw, err := url.PathUnescape(s); err == nil {
			s = raw
		}
		segments[i] = url.PathEscape(s)
	}
	return strings.Join(segments, "/")
}

// plain reports whether s has only characters that have one spelling.
func plain(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
			c == '/' || c == '-' || c == '.' || c == '_' || c == '~') {
			return false
		}
	}
	return true
}
