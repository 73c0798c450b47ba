package caldav

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/calendar"
)

var compareItems = cmp.AllowUnexported(item{}, props{})

func TestMultistatus(t *testing.T) {
	const open = `<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:cs="http://calendarserver.org/ns/">`
	for _, tc := range []struct {
		name, in string
		want     []item
		token    string
	}{
		{"empty", "", nil, ""},
		{"unquoted and weak ETags, verbatim", found("/a", "<d:getetag>x-1</d:getetag>") + found("/b", `<d:getetag> W/"2" </d:getetag>`),
			[]item{{href: "/a", props: props{etag: "x-1"}}, {href: "/b", props: props{etag: `W/"2"`}}}, ""},
		{"status before the properties and without a reason",
			"<d:response><d:href>/a</d:href><d:propstat><d:status>HTTP/1.1 200</d:status><d:prop><d:getetag>1</d:getetag></d:prop></d:propstat></d:response>",
			[]item{{href: "/a", props: props{etag: "1"}}}, ""},
		{"empty values with 404 do not count",
			"<d:response><d:href>/a</d:href><d:propstat><d:prop><d:getetag>1</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>" +
				"<d:propstat><d:prop><d:getetag/><c:calendar-data/><d:resourcetype><c:calendar/></d:resourcetype></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>",
			[]item{{href: "/a", failed: 404, props: props{etag: "1"}}}, ""},
		{"gone", failing("/a", "404 Not Found") + token("t &amp; u"), []item{{href: "/a", status: 404}}, "t & u"},
		{"a status nobody can read", "<d:response><d:href>/a</d:href><d:status>fine</d:status></d:response>", []item{{href: "/a", status: 500}}, ""},
		{"an error inside", "<d:response><d:href>/a</d:href><d:status>HTTP/1.1 412 x</d:status><d:error><c:valid-calendar-data>why</c:valid-calendar-data></d:error></d:response>",
			[]item{{href: "/a", status: 412, element: "valid-calendar-data"}}, ""},
		{"data without carriage returns", found("/a", "<c:calendar-data>\nBEGIN:X\nEND:X\n</c:calendar-data>"),
			[]item{{href: "/a", props: props{data: []byte("BEGIN:X\r\nEND:X\r\n")}}}, ""},
		{"data with them, in every form", found("/a", "<c:calendar-data>A&#13;\nB&#xD;&#xA;</c:calendar-data>") + found("/b", "<c:calendar-data><![CDATA[A&amp;\r\n]]></c:calendar-data>"),
			[]item{{href: "/a", props: props{data: []byte("A\r\nB\r\n")}}, {href: "/b", props: props{data: []byte("A&amp;\r\n")}}}, ""},
		{"a control character in one event", found("/a", "<c:calendar-data>A\x01\r\n</c:calendar-data>") + found("/b", "<d:getetag>1</d:getetag>"),
			[]item{{href: "/a", props: props{data: []byte("A\x01\r\n")}}, {href: "/b", props: props{etag: "1"}}}, ""},
		{"unknown things", "<x:y xmlns:x='z'><d:response/></x:y>" + found("/a", "<d:getetag>1</d:getetag><x:y xmlns:x='z'><d:getetag>2</d:getetag></x:y>"),
			[]item{{href: "/a", props: props{etag: "1"}}}, ""},
		{"Xandikos' reports", found("/a", "<d:supported-report-set><d:supported-report><d:sync-collection/></d:supported-report></d:supported-report-set>"),
			[]item{{href: "/a", props: props{hasReports: true, sync: true}}}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := decodeMultistatus(strings.NewReader(open + tc.in + "</d:multistatus>"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got.items, compareItems); diff != "" || got.syncToken != tc.token {
				t.Errorf("token %q, want %q; items (-want +got):\n%s", got.syncToken, tc.token, diff)
			}
		})
	}
}

func TestMultistatusRefuses(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		want     error
	}{
		{"a web page", "<html><body>", errWebPage},
		{"a web page with a type", "<!DOCTYPE html>\n<html>", errWebPage},
		{"another document", `<error xmlns="DAV:"/>`, errXML},
		{"another namespace", `<multistatus xmlns="dav:"/>`, errXML},
		{"cut short", `<multistatus xmlns="DAV:"><response><href>/a</href></response>`, io.ErrUnexpectedEOF},
		{"two in a row", `<multistatus xmlns="DAV:"/><multistatus xmlns="DAV:"/>`, errXML},
		{"nothing", "", io.ErrUnexpectedEOF},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, err := decodeMultistatus(strings.NewReader(tc.in)); !errors.Is(err, tc.want) {
				t.Errorf("decoded %v, %v, want %v", got, err, tc.want)
			}
		})
	}
}

// FuzzMultistatus: whatever comes, decoding ends without a panic, depends on
// the bytes alone and not on how they arrive, and keeps each object in bounds.
func FuzzMultistatus(f *testing.F) {
	const open = `<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">`
	f.Add([]byte(open + holding("a") + failing("/cal/b", "404 Not Found") + token("1") + "</d:multistatus>"))
	f.Add([]byte(open + found("/cal/", aCalendar+"<d:current-user-privilege-set><d:privilege><d:all/></d:privilege></d:current-user-privilege-set>"+
		`<c:supported-calendar-component-set><c:comp name="VEVENT"/></c:supported-calendar-component-set>`+homeAt("/x", "/y")+principalAt("/p")) + "</d:multistatus>"))
	f.Add([]byte(`<?xml version='1.0'?><multistatus xmlns="DAV:"><response><href>&#47;a</href><status>HTTP/1.1 507</status></response></multistatus>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := decodeMultistatus(bytes.NewReader(data))
		slow, slowErr := decodeMultistatus(iotest.HalfReader(bytes.NewReader(data)))
		if (err == nil) != (slowErr == nil) {
			t.Fatalf("at once: %v, in parts: %v", err, slowErr)
		}
		if err != nil {
			return
		}
		if diff := cmp.Diff(got.items, slow.items, compareItems); diff != "" {
			t.Fatalf("at once and in parts differ: %s", diff)
		}
		col := newCollection(mustURL(shelfURL))
		for _, it := range got.items {
			if _, key, ok := col.member(it.href); ok && (!strings.HasPrefix(key, col.key) || canonical(key) != key) {
				t.Fatalf("href %q is a member with key %q", it.href, key)
			}
		}
	})
}

func TestSameETag(t *testing.T) {
	for _, tc := range []struct {
		a, b calendar.ETag
		want bool
	}{
		{`"1"`, `"1"`, true}, {`W/"1"`, `"1"`, true}, {`1`, `"1"`, true}, {`"1"`, `"2"`, false}, {"", "", false}, {`""`, `""`, true}, {`"`, `"`, true},
	} {
		if got := sameETag(tc.a, tc.b); got != tc.want {
			t.Errorf("sameETag(%s, %s) = %v, want %v", tc.a, tc.b, got, tc.want)
		}
	}
}
