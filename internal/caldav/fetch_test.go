package caldav

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"oneonone/internal/calendar"
)

// shelf is a server of one calendar, /cal/, whose answers a test writes by hand.
// An answer that is nil is 501.
type shelf struct {
	sync, query, multiget func(body string) string // the inside of a 207
	get                   http.HandlerFunc
	seen                  []string
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := drain(r)
	kind, answer := r.Method, (func(string) string)(nil)
	switch {
	case r.Method == http.MethodGet:
		s.seen = append(s.seen, "GET "+r.URL.EscapedPath())
		s.get(w, r)
		return
	case strings.Contains(body, "sync-collection"):
		kind, answer = "sync", s.sync
	case strings.Contains(body, "calendar-query"):
		kind, answer = "query", s.query
	case strings.Contains(body, "calendar-multiget"):
		kind, answer = fmt.Sprint("multiget ", strings.Count(body, "<D:href>")), s.multiget
	}
	s.seen = append(s.seen, kind)
	if answer == nil {
		w.WriteHeader(http.StatusNotImplemented)
		return
	}
	answer207(w, answer(body))
}

const shelfURL = "https://dav.example.org/cal/"

func (s *shelf) pull(t *testing.T, since calendar.Since) calendar.Changes {
	t.Helper()
	got, err := clientOf(t, s, shelfURL).Pull(ctx, shelfURL, since)
	if err != nil {
		t.Fatalf("Pull: %v\nafter %q", err, s.seen)
	}
	return got
}

func always(inside ...string) func(string) string {
	return func(string) string { return strings.Join(inside, "") }
}

// listed is an item with an ETag alone, held one with data too.
func listed(name string) string {
	return found("/cal/"+name, "<d:getetag>&quot;"+name+"&quot;</d:getetag>")
}

func holding(name string) string {
	return found("/cal/"+name, "<d:getetag>&quot;"+name+"&quot;</d:getetag><c:calendar-data>"+event(name, name)+"</c:calendar-data>")
}

func token(s string) string { return "<d:sync-token>" + s + "</d:sync-token>" }

// give answers every GET of a name with an event of that name.
func give(w http.ResponseWriter, r *http.Request) {
	name := r.URL.EscapedPath()[len("/cal/"):]
	w.Header().Set("ETag", `"`+name+`"`)
	fmt.Fprint(w, event(name, name))
}

// asked are the hrefs of a multiget, as items.
func asked(item func(string) string) func(string) string {
	return func(body string) string {
		var b strings.Builder
		for _, part := range strings.Split(body, "<D:href>/cal/")[1:] {
			name, _, _ := strings.Cut(part, "<")
			b.WriteString(item(name))
		}
		return b.String()
	}
}

func hrefs(changed []calendar.Resource) []string {
	var all []string
	for _, r := range changed {
		all = append(all, r.Href)
	}
	return all
}

func TestFetch(t *testing.T) {
	all := always(listed("a"), listed("b"), listed("c"), token("1"))
	for _, tc := range []struct {
		name    string
		shelf   shelf
		since   calendar.Since
		changed []string
		removed []string
		skipped []string
		seen    []string
	}{
		{
			name:    "the query has a year only: the rest one by one",
			shelf:   shelf{sync: all, query: always(holding("a"), holding("b")), get: give},
			changed: []string{"/cal/a", "/cal/b", "/cal/c"},
			seen:    []string{"sync", "query", "GET /cal/c"},
		},
		{
			name:    "no query: multiget",
			shelf:   shelf{sync: all, multiget: asked(holding), get: give},
			changed: []string{"/cal/a", "/cal/b", "/cal/c"},
			seen:    []string{"sync", "query", "multiget 3"},
		},
		{
			name:    "neither: one by one",
			shelf:   shelf{sync: all, get: give},
			changed: []string{"/cal/a", "/cal/b", "/cal/c"},
			seen:    []string{"sync", "query", "multiget 3", "GET /cal/a", "GET /cal/b", "GET /cal/c"},
		},
		{
			name: "iCloud: multiget with empty hrefs",
			shelf: shelf{sync: all, query: always(), get: give, multiget: asked(func(string) string {
				return found("", "<d:getetag>x</d:getetag>")
			})},
			changed: []string{"/cal/a", "/cal/b", "/cal/c"},
			seen:    []string{"sync", "query", "multiget 3", "GET /cal/a", "GET /cal/b", "GET /cal/c"},
		},
		{
			name: "one is gone by now, another is passed over in silence",
			shelf: shelf{sync: all, query: always(), get: give, multiget: asked(func(n string) string {
				return map[string]string{"a": holding("a"), "b": failing("/cal/b", "404 Not Found"), "c": ""}[n]
			})},
			changed: []string{"/cal/a", "/cal/c"},
			seen:    []string{"sync", "query", "multiget 3", "GET /cal/c"},
		},
		{
			name:    "few of many: no query",
			shelf:   shelf{sync: always(listed("a"), listed("b"), token("2")), multiget: asked(holding)},
			since:   calendar.Since{Cursor: "sync:1", Known: held6},
			changed: []string{"/cal/a", "/cal/b"},
			seen:    []string{"sync", "multiget 2"},
		},
		{
			name:    "one of many: GET",
			shelf:   shelf{sync: always(listed("a"), token("2")), get: give},
			since:   calendar.Since{Cursor: "sync:1", Known: held6},
			changed: []string{"/cal/a"},
			seen:    []string{"sync", "GET /cal/a"},
		},
		{
			name: "known ones are not fetched, removed ones only told if known",
			shelf: shelf{sync: always(found("/cal/1", "<d:getetag>W/&quot;1&quot;</d:getetag>"), failing("/cal/2", "404 Not Found"),
				failing("/cal/never", "404 Not Found"), token("2"))},
			since:   calendar.Since{Cursor: "sync:1", Known: held6},
			removed: []string{"/cal/2"},
			seen:    []string{"sync"},
		},
		{
			name: "the known spelling is kept",
			shelf: shelf{sync: always(found("/cal/a@b c", "<d:getetag>2</d:getetag><c:calendar-data>"+event("a", "A")+"</c:calendar-data>"),
				failing("/cal/x%2by", "404 Not Found"), token("2"))},
			since:   calendar.Since{Cursor: "sync:1", Known: map[string]calendar.ETag{"/cal/a%40b%20c": "1", "/cal/x+y": "1"}},
			changed: []string{"/cal/a%40b%20c"},
			removed: []string{"/cal/x+y"},
			seen:    []string{"sync"},
		},
		{
			name: "what does not belong there is passed over",
			shelf: shelf{sync: always(found("/cal/", "<d:getetag>x</d:getetag>"), found("/cal/sub/", "<d:getetag>x</d:getetag>"),
				found("/other/x", "<d:getetag>x</d:getetag>"), found("/cal/..", "<d:getetag>x</d:getetag>"), holding("a"), token("1"))},
			changed: []string{"/cal/a"},
			seen:    []string{"sync"},
		},
		{
			name: "absolute hrefs are met at the calendar's own host",
			shelf: shelf{sync: always(found("http://internal:8080/cal/a", "<d:getetag>x</d:getetag>"), found("b", "<d:getetag>x</d:getetag>"), token("1")),
				multiget: asked(holding), query: always()},
			changed: []string{"/cal/a", "/cal/b"},
			seen:    []string{"sync", "query", "multiget 2"},
		},
		{
			name: "one bad item does not cost the others",
			shelf: shelf{sync: always(listed("page"), listed("denied"), listed("large"), failing("/cal/locked", "423 Locked"), holding("a"), token("1")),
				get: func(w http.ResponseWriter, r *http.Request) {
					switch r.URL.Path {
					case "/cal/page":
						page(w, r)
					case "/cal/denied":
						w.WriteHeader(http.StatusForbidden)
					case "/cal/large":
						fmt.Fprint(w, strings.Repeat("x", maxData+1))
					}
				}},
			changed: []string{"/cal/a"},
			skipped: []string{
				"/cal/page: the server gives a web page for it",
				"/cal/denied: the server answered GET /cal/denied with 403 (forbidden)",
				"/cal/large: it is larger than 4 MiB",
				"/cal/locked: the server refuses it with 423",
			},
			seen: []string{"sync", "query", "multiget 3", "GET /cal/page", "GET /cal/denied", "GET /cal/large"},
		},
		{
			name: "an oversize object in a list",
			shelf: shelf{sync: func(string) string {
				return holding("a") + found("/cal/big", "<d:getetag>x</d:getetag><c:calendar-data>"+strings.Repeat("x", maxData+1)+"</c:calendar-data>") + token("1")
			}},
			changed: []string{"/cal/a"},
			skipped: []string{"/cal/big: it is larger than 4 MiB"},
			seen:    []string{"sync"},
		},
		{
			name:    "data without an ETag is fetched for one",
			shelf:   shelf{sync: always(found("/cal/a", "<c:calendar-data>"+event("a", "old")+"</c:calendar-data>"), token("1")), get: give},
			changed: []string{"/cal/a"},
			seen:    []string{"sync", "GET /cal/a"},
		},
		{
			name: "pages: the last word counts",
			shelf: shelf{sync: func(body string) string {
				if strings.Contains(body, "<D:sync-token></D:sync-token>") {
					return holding("a") + holding("b") + failing("/cal/never", "404 Not Found") + failing("/cal/", "507 Insufficient Storage") + token("p1")
				}
				return failing("/cal/a", "404 Not Found") + holding("c") + token("p2")
			}},
			changed: []string{"/cal/b", "/cal/c"},
			seen:    []string{"sync", "sync"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := tc.shelf.pull(t, tc.since)
			var skipped []string
			for _, s := range got.Skipped {
				skipped = append(skipped, s.Href+": "+s.Reason)
			}
			if !slices.Equal(hrefs(got.Changed), tc.changed) || !slices.Equal(got.Removed, tc.removed) || !slices.Equal(skipped, tc.skipped) {
				t.Errorf("changed %q, removed %q, skipped %q\nwant    %q, removed %q, skipped %q", hrefs(got.Changed), got.Removed, skipped,
					tc.changed, tc.removed, tc.skipped)
			}
			if !slices.Equal(tc.shelf.seen, tc.seen) {
				t.Errorf("requests %q, want %q", tc.shelf.seen, tc.seen)
			}
			if got.Full && len(got.Hrefs) != len(tc.changed)+len(tc.skipped) {
				t.Errorf("hrefs %q, want those of the changed and the skipped", got.Hrefs)
			}
		})
	}
}

var held6 = map[string]calendar.ETag{"/cal/1": `"1"`, "/cal/2": `"2"`, "/cal/3": `"3"`, "/cal/4": `"4"`, "/cal/5": `"5"`, "/cal/6": `"6"`}

func TestPullRefuses(t *testing.T) {
	for _, tc := range []struct {
		name, words string
		shelf       shelf
	}{
		{"everything lies elsewhere", "outside the calendar", shelf{sync: always(found("/other/a", "<d:getetag>x</d:getetag>"), token("1"))}},
		{"pages in a circle", "without coming to an end", shelf{sync: always(failing("/cal/", "507 Insufficient Storage"), token("1"))}},
		{"a page without a token", "without coming to an end", shelf{sync: always(failing("/cal/", "507 Insufficient Storage"))}},
		{"a server that gives nothing", "500", shelf{query: always(), sync: func(string) string {
			var b strings.Builder
			for i := range 20 {
				b.WriteString(listed(fmt.Sprint(i)))
			}
			return b.String() + token("1")
		}, get: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := clientOf(t, &tc.shelf, shelfURL).Pull(ctx, shelfURL, calendar.Since{})
			if err == nil || !strings.Contains(err.Error(), tc.words) {
				t.Errorf("Pull = %+v, %v, want an error with %q", got, err, tc.words)
			}
		})
	}
}

// TestBatches: the size of a multiget grows while the server is quick.
func TestBatches(t *testing.T) {
	s := &shelf{multiget: asked(holding), sync: func(string) string {
		var b strings.Builder
		for i := range 400 {
			b.WriteString(listed(fmt.Sprint("n", i)))
		}
		return b.String() + token("2")
	}}
	known := map[string]calendar.ETag{}
	for i := range 1000 {
		known[fmt.Sprint("/cal/o", i)] = "1"
	}
	if got := s.pull(t, calendar.Since{Cursor: "sync:1", Known: known}); len(got.Changed) != 400 {
		t.Errorf("%d changed, want 400", len(got.Changed))
	}
	if want := []string{"sync", "multiget 50", "multiget 100", "multiget 200", "multiget 50"}; !slices.Equal(s.seen, want) {
		t.Errorf("requests %q, want %q", s.seen, want)
	}
}

func TestGet(t *testing.T) {
	for _, tc := range []struct {
		name  string
		href  string
		shelf shelf
		etag  calendar.ETag
		err   string
	}{
		{"plain", "/cal/a.ics", shelf{get: give}, `"a.ics"`, ""},
		{"spelled as the server does", "/cal/a%40b%2Fc%20d.ics", shelf{get: give}, `"a%40b%2Fc%20d.ics"`, ""},
		{"a raw space cannot be sent", "/cal/a b.ics", shelf{get: give}, `"a%20b.ics"`, ""},
		{"iCloud", "/cal/a%40b.ics", shelf{get: func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.EscapedPath(), "%40") {
				http.NotFound(w, r)
				return
			}
			give(w, r)
		}}, `"a@b.ics"`, ""},
		{"no ETag in the header", "/cal/a.ics", shelf{get: func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, event("a", "a")) },
			multiget: asked(holding)}, `"a.ics"`, ""},
		{"no ETag at all", "/cal/a.ics", shelf{get: func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, event("a", "a")) }}, "", ""},
		{"gone", "/cal/a.ics", shelf{get: http.NotFound}, "", "404"},
		{"a sign-in page", "/cal/a.ics", shelf{get: page}, "", "a web page for it"},
		{"elsewhere", "/other/a.ics", shelf{}, "", "does not lie in the calendar"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := clientOf(t, &tc.shelf, shelfURL).Get(ctx, shelfURL, tc.href)
			if tc.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.err) {
					t.Errorf("Get: %v, want %q in it", err, tc.err)
				}
				return
			}
			if err != nil || got.ETag != tc.etag || got.Href != tc.href || got.Calendar != shelfURL || !strings.Contains(string(got.Data), "BEGIN:VEVENT") {
				t.Errorf("Get = %+v, %v, want ETag %s", got, err, tc.etag)
			}
		})
	}
}

// TestSecondTry: what a server broke over is asked for again by the next pull,
// what it refuses is not.
func TestSecondTry(t *testing.T) {
	broken := true
	s := &shelf{
		sync: func(body string) string {
			if strings.Contains(body, "<D:sync-token>1<") {
				return listed("a") + listed("b") + token("2")
			}
			return token("3")
		},
		get: func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/cal/b":
				w.WriteHeader(http.StatusForbidden)
			case broken:
				w.WriteHeader(http.StatusInternalServerError)
			default:
				give(w, r)
			}
		},
	}
	first := s.pull(t, calendar.Since{Cursor: "sync:1", Known: held6})
	if len(first.Skipped) != 2 || len(first.Changed) != 0 {
		t.Fatalf("while it is broken: %+v", first)
	}
	second := s.pull(t, calendar.Since{Cursor: first.Cursor, Known: held6})
	if len(second.Skipped) != 1 || second.Skipped[0].Href != "/cal/a" {
		t.Errorf("while it still is broken: %+v", second)
	}
	broken, s.seen = false, nil
	third := s.pull(t, calendar.Since{Cursor: second.Cursor, Known: held6})
	if !slices.Equal(hrefs(third.Changed), []string{"/cal/a"}) || third.Cursor != "sync:3" || !slices.Equal(s.seen, []string{"sync", "GET /cal/a"}) {
		t.Errorf("mended: %+v by %q", third, s.seen)
	}
}
