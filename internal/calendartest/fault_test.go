package calendartest

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
)

func TestFaults(t *testing.T) {
	o := newLab(t, Style{})
	etag := o.dav.Put("alice", "work", "x.ics", []byte(event("x", "")))
	put := func(place string) (reply, error) {
		return o.send("PUT", work+"x.ics", event("x", "LOCATION:"+place+"\n"), "If-Match", etag)
	}
	stored := func(place string) bool {
		data, now, _ := o.dav.Get("alice", "work", "x.ics")
		etag = now
		return strings.Contains(string(data), "LOCATION:"+place)
	}
	o.dav.Script(
		Fault{Method: "PUT", Nth: 1, Do: Answer, Status: 412},
		Fault{Method: Writes, Nth: 2, Do: Answer, Status: 503, RetryAfter: "7"},
		Fault{Method: "PUT", Nth: 3, Do: CutBefore},
		Fault{Method: "PUT", Nth: 4, Do: CutAfter},
		Fault{Method: "PUT", Nth: 5, Do: AnswerInside, Status: 412},
		Fault{Method: "PUT", Nth: 6, Before: func(*http.Request) {
			o.dav.Put("alice", "work", "x.ics", []byte(event("x", "LOCATION:person\n")))
		}},
	)
	if r, err := put("1"); err != nil || r.status != 412 || stored("1") {
		t.Errorf("1: %d %v", r.status, err)
	}
	o.want(o.do("GET", work+"x.ics", ""), 200) // Does not count.
	if r, err := put("2"); err != nil || r.status != 503 || r.header.Get("Retry-After") != "7" || stored("2") {
		t.Errorf("2: %d %v", r.status, err)
	}
	if r, err := put("3"); err == nil || stored("3") {
		t.Errorf("3: the connection was not cut: %d", r.status)
	}
	if r, err := put("4"); err == nil || !stored("4") {
		t.Errorf("4: the connection was not cut after the write: %d", r.status)
	}
	if r, err := put("5"); err != nil || r.status != 207 || !strings.Contains(r.body, "412 Precondition Failed") || stored("5") {
		t.Errorf("5: %d %v", r.status, err)
	}
	if r, err := put("6"); err != nil || r.status != 412 || !stored("person") {
		t.Errorf("6: a person came first, but the answer is %d %v", r.status, err)
	}
	if r, err := put("7"); err != nil || r.status != 204 || !stored("7") {
		t.Errorf("7: %d %v", r.status, err)
	}
}

func TestAnotherWriterComesAfterwards(t *testing.T) {
	o := newLab(t, Style{})
	etag := o.dav.Put("alice", "work", "x.ics", []byte(event("x", "")))
	o.dav.Script(Fault{Method: "PUT", Nth: 1, After: func(*http.Request) {
		o.dav.Put("alice", "work", "x.ics", []byte(event("x", "LOCATION:theirs\n")))
	}})
	o.want(o.do("PUT", work+"x.ics", event("x", "LOCATION:mine\n"), "If-Match", etag), 204)
	o.want(o.do("GET", work+"x.ics", ""), 200, "LOCATION:theirs")
	o.dav.SetStyle(Style{Careless: true, Rewrite: func(b []byte) []byte {
		return bytes.Replace(b, []byte("LOCATION"), []byte("X-PLACE"), 1)
	}})
	r := o.do("PUT", work+"x.ics", event("x", "LOCATION:mine\n"), "If-Match", etag)
	if o.want(r, 204); r.header.Get("ETag") != "" {
		t.Errorf("a server that rewrites gives the ETag %s", r.header.Get("ETag"))
	}
	o.want(o.do("GET", work+"x.ics", ""), 200, "X-PLACE:mine")
}

func TestChaosFollowsItsSeed(t *testing.T) {
	run := func(seed uint64) string {
		o := newLab(t, Style{})
		o.dav.Chaos(seed, 0.5, Fault{Do: Answer, Status: 500}, Fault{Do: Answer, Status: 503}, Fault{Method: "PUT", Do: CutAfter})
		got := ""
		for range 40 {
			got += string(rune('0' + o.do("OPTIONS", work, "").status%10))
		}
		o.dav.Heal()
		o.want(o.do("OPTIONS", work, ""), 204)
		return got
	}
	first := run(7)
	if again := run(7); again != first {
		t.Errorf("the same seed gave %s and %s", first, again)
	}
	if run(8) == first || !strings.Contains(first, "0") || !strings.Contains(first, "3") || !strings.Contains(first, "4") {
		t.Errorf("seed 7 gave %s, and so did seed 8, or a kind is missing", first)
	}
}

func TestTransportNeedsNoNetwork(t *testing.T) {
	d := NewDAV(Style{})
	d.AddUser(User{Name: "ann", Password: "pw"})
	path := d.AddCalendar("ann", Calendar{Name: "work"})
	d.Script(Fault{Method: "GET", Nth: 1, Do: CutBefore})
	client := &http.Client{Transport: d.Transport()}
	send := func(method, body string) (*http.Response, error) {
		r, err := http.NewRequest(method, "https://ann:pw@dav.example.org"+path+"x.ics", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		return client.Do(r)
	}
	if _, err := send("GET", ""); err == nil {
		t.Error("the connection was not cut")
	}
	resp, err := send("PUT", event("x", ""))
	if err != nil || resp.StatusCode != 201 || resp.Header.Get("ETag") == "" {
		t.Fatalf("PUT: %v %v", resp, err)
	}
	c := d.Counters()
	if c.Total() != 2 || c.Writes() != 1 || c.Requests["GET"] != 1 || c.In != int64(len(event("x", ""))) {
		t.Errorf("Counters = %+v", c)
	}
	d.ResetCounters()
	if got := d.Counters().Total(); got != 0 {
		t.Errorf("after the reset there are %d requests", got)
	}
}
