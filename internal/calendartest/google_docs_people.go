package calendartest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// GoogleDoc is a document as its readers see it.
type GoogleDoc struct {
	ID, Link, Name string
	Properties     map[string]string // that the program put on it
	Writers        []string          // addresses of those who may write, without the owner
	Others         int               // permissions of any other kind
	Text           string
	Styles         []string // of each line of Text; a bullet shows as "•" behind it
	Ranges         []string // the names of its named ranges, in the order of their places
	Trashed        bool
}

// Docs returns the documents that belong to a user, the oldest first.
func (g *Google) Docs(user string) []GoogleDoc {
	g.mu.Lock()
	defer g.mu.Unlock()
	var files []*googleFile
	for _, f := range g.files {
		if f.owner == user {
			files = append(files, f)
		}
	}
	slices.SortFunc(files, func(a, b *googleFile) int { return cmp.Or(a.created.Compare(b.created), cmp.Compare(a.id, b.id)) })
	var docs []GoogleDoc
	for _, f := range files {
		d := GoogleDoc{ID: f.id, Link: f.link(), Name: f.name, Properties: f.properties, Trashed: f.trashed}
		for _, p := range f.permissions {
			switch {
			case p["role"] == "writer" && p["type"] == "user":
				d.Writers = append(d.Writers, fmt.Sprint(p["emailAddress"]))
			case p["role"] != "owner":
				d.Others++
			}
		}
		for _, l := range f.body.lines() {
			d.Text += l.text
			style := l.style
			if l.bullet {
				style += "•"
			}
			d.Styles = append(d.Styles, style)
		}
		ranges := slices.Clone(f.body.ranges)
		slices.SortFunc(ranges, func(a, b docRange) int { return cmp.Compare(a.start, b.start) })
		for _, r := range ranges {
			d.Ranges = append(d.Ranges, r.name)
		}
		docs = append(docs, d)
	}
	return docs
}

// AddDoc makes a document that a person made in the browser, which the program
// cannot see.
func (g *Google) AddDoc(owner, name, text string) (link string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f := g.newFile(owner, name)
	f.edit(docEdit{at: 1, text: text})
	return f.link()
}

// Type lets a person write text into a document, before the first place where
// before stands; "" is the end of the document.
func (g *Google) Type(id, before, text string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f := g.mustFile(id)
	at := f.body.end() - 1
	if before != "" {
		at = f.body.find(before)
	}
	f.edit(docEdit{at: at, text: text})
}

// Erase lets a person delete the first place where text stands in a document.
func (g *Google) Erase(id, text string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f := g.mustFile(id)
	f.edit(docEdit{at: f.body.find(text), length: len(utf16.Encode([]rune(text)))})
}

// Tick lets a person put an x into the brackets before item, at its first place.
func (g *Google) Tick(id, item string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f := g.mustFile(id)
	at := f.body.find("[ ] "+item) + 1
	f.edit(docEdit{at: at, text: "x"})
	f.edit(docEdit{at: at + 1, length: 1})
}

// Trash lets the owner throw a document away, or take it out of the trash again.
func (g *Google) Trash(id string, trashed bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.mustFile(id).trashed = trashed
}

// Destroy deletes a document for good.
func (g *Google) Destroy(id string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.files, g.mustFile(id).id)
}

// edit does what a person does, and makes a revision of it.
func (f *googleFile) edit(e docEdit) {
	body := f.body.clone()
	if e.text != "" {
		e.length = len(utf16.Encode([]rune(strip(e.text))))
	}
	if err := body.do(e); err != nil {
		panic(err) // A mistake in the test.
	}
	f.store(body, e)
}

// find returns the index at which text stands first.
func (b *docBody) find(text string) int {
	all := string(utf16.Decode(b.text))
	i := strings.Index(all, text)
	if i < 0 {
		panic(fmt.Sprintf("calendartest: the document does not say %q", text)) // A mistake in the test.
	}
	return len(utf16.Encode([]rune(all[:i]))) + 1
}

func (g *Google) mustFile(id string) *googleFile {
	f := g.files[id]
	if f == nil {
		panic(fmt.Sprintf("calendartest: Google has no document %q", id)) // A mistake in the test.
	}
	return f
}
