package calendartest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"
)

// docDesk is Ann's Drive as a program with the right drive.file sees it.
type docDesk struct {
	testing.TB
	g *Google
	c *http.Client
}

func newDocDesk(t testing.TB, style GoogleStyle) *docDesk {
	g := NewGoogle(style)
	g.AddUser(GoogleUser{Email: "ann@example.org"})
	g.AddUser(GoogleUser{Email: "bob@example.org", Aliases: []string{"robert@example.org"}})
	return &docDesk{t, g, g.Client("ann@example.org", "drive.file")}
}

// ask makes a request and returns the answer with its status.
func (d *docDesk) ask(method, address, body string) (int, map[string]any) {
	d.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, address, strings.NewReader(body))
	if err != nil {
		d.Fatal(err)
	}
	resp, err := d.c.Do(r)
	if err != nil {
		d.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		d.Fatal(err)
	}
	var f map[string]any
	if err := json.Unmarshal(data, &f); err != nil && len(data) > 0 {
		d.Fatalf("%s %s: %s", method, address, data)
	}
	return resp.StatusCode, f
}

const (
	filesURL = "https://www.googleapis.com/drive/v3/files"
	docsURL  = "https://docs.googleapis.com/v1/documents/"
)

func (d *docDesk) made(properties string) string {
	d.Helper()
	code, f := d.ask("POST", filesURL, `{"name":"Ann and Bob","mimeType":"application/vnd.google-apps.document","appProperties":`+properties+`}`)
	if code != 200 || f["id"] == nil || f["webViewLink"] != nil {
		d.Fatalf("files.create: %d %v", code, f)
	}
	return f["id"].(string)
}

func TestGoogleDocsAreStrict(t *testing.T) {
	d := newDocDesk(t, GoogleStyle{})
	id := d.made(`{}`)
	batch := docsURL + id + ":batchUpdate"
	for name, c := range map[string]struct {
		method, address, body string
		status                int
	}{
		"an unknown field":     {"POST", batch, `{"requests":[{"insertText":{"text":"a","where":1}}]}`, 400},
		"an unknown change":    {"POST", batch, `{"requests":[{"replaceEverything":{}}]}`, 400},
		"two changes in one":   {"POST", batch, `{"requests":[{"insertText":{"text":"a","location":{"index":1}},"createNamedRange":{}}]}`, 400},
		"behind the end":       {"POST", batch, `{"requests":[{"insertText":{"text":"a","location":{"index":2}}}]}`, 400},
		"before the beginning": {"POST", batch, `{"requests":[{"insertText":{"text":"a","location":{}}}]}`, 400},
		"no such style":        {"POST", batch, `{"requests":[{"updateParagraphStyle":{"range":{"startIndex":1,"endIndex":2},"fields":"namedStyleType","paragraphStyle":{"namedStyleType":"HUGE"}}}]}`, 400},
		"an old revision":      {"POST", batch, `{"requests":[],"writeControl":{"requiredRevisionId":"rev-7"}}`, 400},
		"a revision to come":   {"POST", batch, `{"requests":[],"writeControl":{"targetRevisionId":"rev-7"}}`, 400},
		"no such document":     {"GET", docsURL + "nowhere", "", 404},
		"a query unlike any":   {"GET", filesURL + "?q=" + url.QueryEscape("name like 'x'"), "", 400},
		"a long property":      {"POST", filesURL, `{"mimeType":"application/vnd.google-apps.document","appProperties":{"k":"` + strings.Repeat("v", 124) + `"}}`, 400},
		"a stranger by no mail": {"POST", filesURL + "/" + id + "/permissions?sendNotificationEmail=false",
			`{"type":"user","role":"writer","emailAddress":"carl@nowhere.example"}`, 400},
	} {
		t.Run(name, func(t *testing.T) {
			if code, f := d.ask(c.method, c.address, c.body); code != c.status {
				t.Errorf("status %d, want %d: %v", code, c.status, f)
			}
		})
	}
}

// TestGoogleDriveFile: with drive.file a program sees what it made for the
// person, and nothing else.
func TestGoogleDriveFile(t *testing.T) {
	d := newDocDesk(t, GoogleStyle{})
	d.g.AddDoc("ann@example.org", "Diary", "Dear diary")
	id := d.made(`{"k":"v"}`)
	list := func() []any {
		_, f := d.ask("GET", filesURL+"?fields=files(id)&orderBy=createdTime&q="+url.QueryEscape("appProperties has { key='k' and value='v' } and trashed = false"), "")
		return f["files"].([]any)
	}
	if got := fmt.Sprint(list()); got != "[map[id:"+id+"]]" {
		t.Errorf("files: %s", got)
	}
	d.g.Trash(id, true)
	if got := list(); len(got) != 0 {
		t.Errorf("files without those in the trash: %v", got)
	}
	d.ask("POST", filesURL+"/"+id+"/permissions?sendNotificationEmail=false", `{"type":"user","role":"writer","emailAddress":"robert@example.org"}`)
	if docs := d.g.Docs("ann@example.org"); !slices.Equal(docs[1].Writers, []string{"bob@example.org"}) || len(d.g.Mails()) != 0 {
		t.Errorf("writers %v, mails %v", docs[1].Writers, d.g.Mails())
	}
	d.c = d.g.Client("bob@example.org", "drive.file")
	if code, _ := d.ask("GET", filesURL+"/"+id, ""); code != 404 {
		t.Errorf("Bob's program sees what Ann's made: %d", code)
	}
	d.c = d.g.Client("ann@example.org")
	if code, _ := d.ask("GET", filesURL+"/"+id, ""); code != 403 {
		t.Errorf("a program without drive.file sees a file: %d", code)
	}
	if v := d.g.Violations(); len(v) != 0 {
		t.Error(v)
	}
	d.c = d.g.Client("ann@example.org", "drive.file")
	d.ask("POST", filesURL+"/"+id+"/permissions", `{"type":"user","role":"writer","emailAddress":"bob@example.org"}`)
	if len(d.g.Mails()) != 1 || len(d.g.Violations()) != 1 {
		t.Errorf("a share with a mail: mails %v, violations %v", d.g.Mails(), d.g.Violations())
	}
}

// TestGoogleDocsMerge: what people type while a change is on its way stays, and
// what the change says of places still means them.
func TestGoogleDocsMerge(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := newDocDesk(t, GoogleStyle{})
		id := d.made(`{}`)
		d.g.Type(id, "", "one two three 😀 four")
		before := d.g.files[id].revisionID()
		words := []string{"one", "two", "three", "😀", "four"}
		n := rapid.IntRange(0, 4).Draw(r, "edits")
		for i := range n {
			d.g.Type(id, rapid.SampledFrom(words).Draw(r, "before"), fmt.Sprintf("<%d>", i))
		}
		typed := strings.TrimSuffix(d.g.Docs("ann@example.org")[0].Text, "\n")
		at := rapid.SampledFrom([]string{"one", "two", "four"}).Draw(r, "at")
		index := len(utf16.Encode([]rune("one two three 😀 four"[:strings.Index("one two three 😀 four", at)]))) + 1
		body := fmt.Sprintf(`{"requests":[{"insertText":{"text":"[A","location":{"index":1}}},{"insertText":{"text":"B]","location":{"index":%d}}},
			{"createNamedRange":{"name":"b","range":{"startIndex":%d,"endIndex":%d}}}],"writeControl":{"targetRevisionId":%q}}`,
			index+2, index+2, index+4, before)
		if code, f := d.ask("POST", docsURL+id+":batchUpdate", body); code != 200 {
			r.Fatalf("batchUpdate: %d %v", code, f)
		}
		got := strings.TrimSuffix(d.g.Docs("ann@example.org")[0].Text, "\n")
		if without := strings.NewReplacer("[A", "", "B]", "").Replace(got); without != typed {
			r.Fatalf("people wrote %q and it reads %q", typed, got)
		}
		if !strings.HasPrefix(got, "[A") || strings.Index(got, "B]") > strings.Index(got, at) {
			r.Fatalf("the change is in the wrong place: %q", got)
		}
		b := d.g.files[id].body
		if len(b.paras) != strings.Count(got, "\n")+1 {
			r.Fatalf("%d paragraphs in %q", len(b.paras), got)
		}
	})
}

func TestMask(t *testing.T) {
	f := fields{"a": 1, "b": fields{"c": 2, "d": 3}, "l": []any{fields{"x": 1, "y": fields{"z": 2, "w": 3}}}}
	for names, want := range map[string]string{
		"":             `{"a":1,"b":{"c":2,"d":3},"l":[{"x":1,"y":{"w":3,"z":2}}]}`,
		"a":            `{"a":1}`,
		"b(c),a":       `{"a":1,"b":{"c":2}}`,
		"b/d":          `{"b":{"d":3}}`,
		"l(x,y(z))":    `{"l":[{"x":1,"y":{"z":2}}]}`,
		"no,l(y(no))":  `{"l":[{"y":{}}]}`,
		"b(c,d),l(no)": `{"b":{"c":2,"d":3},"l":[{}]}`,
	} {
		if got := string(mustJSON(mask(f, names))); got != want {
			t.Errorf("mask(%q) = %s, want %s", names, got, want)
		}
	}
}
