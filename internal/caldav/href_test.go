package caldav

import (
	"net/url"
	"testing"

	"pgregory.net/rapid"
)

func TestMember(t *testing.T) {
	for _, tc := range []struct{ href, spelling, key string }{
		{"/c%C3%A1l/x/a.ics", "/c%C3%A1l/x/a.ics", "/c%C3%A1l/x/a.ics"},
		{"/cál/x/a.ics", "/cál/x/a.ics", "/c%C3%A1l/x/a.ics"},
		{"/c%c3%a1l/x/a%40b.ics", "/c%c3%a1l/x/a%40b.ics", "/c%C3%A1l/x/a@b.ics"},
		{"/c%C3%A1l/x/a@b c", "/c%C3%A1l/x/a@b c", "/c%C3%A1l/x/a@b%20c"},
		{"/c%C3%A1l/x/a%2Fb", "/c%C3%A1l/x/a%2Fb", "/c%C3%A1l/x/a%2Fb"},
		{"/c%C3%A1l/x/50%", "/c%C3%A1l/x/50%", "/c%C3%A1l/x/50%25"},
		{"/c%C3%A1l/x/a%3Fb", "/c%C3%A1l/x/a%3Fb", "/c%C3%A1l/x/a%3Fb"},
		{"https://other/c%C3%A1l/x/a", "/c%C3%A1l/x/a", "/c%C3%A1l/x/a"},
		{"a.ics", "/c%C3%A1l/x/a.ics", "/c%C3%A1l/x/a.ics"},
		{"/c%C3%A1l/x/", "", ""},
		{"/c%C3%A1l/x", "", ""},
		{"/c%C3%A1l/x/sub/", "", ""},
		{"/c%C3%A1l/x/sub/a", "", ""},
		{"/c%C3%A1l/xy", "", ""},
		{"/c%C3%A1l/x/..", "", ""},
		{"/c%C3%A1l/x/%2e%2e", "", ""},
		{"/other/a", "", ""},
		{"", "", ""},
		{"/c%C3%A1l/x/\x7f", "", ""},
	} {
		// The calendar's own URL may be spelled in either way, with or without
		// the slash.
		for _, base := range []string{"https://dav.example.org/c%C3%A1l/x/", "https://dav.example.org/cál/x"} {
			if base[len(base)-1] != '/' && tc.href == "a.ics" {
				continue // relative to the parent, by the rules of URLs
			}
			spelling, key, ok := newCollection(mustURL(base)).member(tc.href)
			if tc.href == "a.ics" {
				spelling = tc.spelling
			}
			if spelling != tc.spelling || key != tc.key || ok != (tc.key != "") {
				t.Errorf("member(%q) of %s = %q, %q, %v, want %q, %q", tc.href, base, spelling, key, ok, tc.spelling, tc.key)
			}
		}
	}
}

// TestEquivalentSpellings: however the segments are escaped, the key is one.
func TestEquivalentSpellings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-zA-Z0-9@+ %/?#é:;&=.~-]{1,12}`).Draw(t, "name")
		if name == "." || name == ".." {
			return
		}
		all := ""
		for _, b := range []byte(name) {
			all += "%" + string("0123456789abcdef"[b>>4]) + string("0123456789ABCDEF"[b&15])
		}
		col := newCollection(mustURL(shelfURL))
		_, least, ok1 := col.member("/cal/" + url.PathEscape(name))
		path, most, ok2 := col.member("/cal/" + all)
		if !ok1 || !ok2 || least != most || path != "/cal/"+all {
			t.Fatalf("%q: keys %q, %q, spelling %q", name, least, most, path)
		}
		u, err := resolve(col.url, path)
		if err != nil || u.EscapedPath() != path {
			t.Fatalf("%q is sent as %q, %v", path, u.EscapedPath(), err)
		}
	})
}
