package calendartest

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
)

// getDocument is documents.get.
func (g *Google) getDocument(call *googleCall) answer {
	f := g.visible(call.user, call.path["documentId"])
	if f == nil || f.mime != docMime {
		return notFound()
	}
	return jsonAnswer(mask(f.document(), call.query.Get("fields")))
}

// document renders what documents.get answers. Numbers that are zero are left out.
func (f *googleFile) document() fields {
	content := []any{fields{"endIndex": 1, "sectionBreak": fields{}}}
	for _, l := range f.body.lines() {
		var elements []any
		units := utf16.Encode([]rune(l.text))
		// Google splits a paragraph wherever the looks of the text change; so
		// that nobody relies on one piece, this one does in the middle.
		middle := len(utf16.Encode([]rune(l.text)[:len([]rune(l.text))/2]))
		for _, part := range [][2]int{{0, middle}, {middle, len(units)}} {
			if part[0] == part[1] {
				continue
			}
			elements = append(elements, fields{"startIndex": l.start + part[0], "endIndex": l.start + part[1],
				"textRun": fields{"content": string(utf16.Decode(units[part[0]:part[1]])), "textStyle": fields{}}})
		}
		p := fields{"elements": elements, "paragraphStyle": fields{"namedStyleType": l.style, "direction": "LEFT_TO_RIGHT"}}
		if l.bullet {
			p["bullet"] = fields{"listId": "kix.list", "textStyle": fields{}}
		}
		content = append(content, fields{"startIndex": l.start, "endIndex": l.end, "paragraph": p})
	}
	named := fields{}
	for _, r := range f.body.ranges {
		one := fields{"namedRangeId": r.id, "name": r.name, "ranges": []any{fields{"startIndex": r.start, "endIndex": r.end}}}
		all, _ := named[r.name].(fields)
		if all == nil {
			all = fields{"name": r.name, "namedRanges": []any{}}
			named[r.name] = all
		}
		all["namedRanges"] = append(all["namedRanges"].([]any), one)
	}
	return fields{"documentId": f.id, "title": f.name, "revisionId": f.revisionID(), "suggestionsViewMode": "SUGGESTIONS_INLINE",
		"body": fields{"content": content}, "namedRanges": named}
}

func (f *googleFile) revisionID() string { return "rev-" + strconv.Itoa(len(f.edits)) }

// docsRequests are the changes of a document that the server has, by their names
// in the discovery document.
var docsRequests = map[string]func(*docBatch, fields) error{
	"insertText":             (*docBatch).insertText,
	"createNamedRange":       (*docBatch).createNamedRange,
	"updateParagraphStyle":   (*docBatch).updateParagraphStyle,
	"updateTextStyle":        (*docBatch).updateTextStyle,
	"createParagraphBullets": func(b *docBatch, r fields) error { return b.bullets(r, true) },
	"deleteParagraphBullets": func(b *docBatch, r fields) error { return b.bullets(r, false) },
}

// docBatch is a batchUpdate at work on a copy.
type docBatch struct {
	body  *docBody
	edits []docEdit
	named func() string // a new id
}

// updateDocument is documents.batchUpdate: all of its requests in their order, or none.
func (g *Google) updateDocument(call *googleCall) answer {
	f := g.visible(call.user, call.path["documentId"])
	if f == nil || f.mime != docMime {
		return notFound()
	}
	control, _ := call.body["writeControl"].(fields)
	required, _ := control["requiredRevisionId"].(string)
	target, _ := control["targetRevisionId"].(string)
	base := len(f.edits)
	switch {
	case required != "" && target != "":
		return badValue(errors.New("the write control has two revisions"))
	case required != "" && required != f.revisionID():
		return badValue(errors.New("the required revision ID does not match the latest revision"))
	case target != "":
		n, err := strconv.Atoi(target[min(len(target), len("rev-")):])
		if err != nil || n > base || base-n > mostBehind {
			return badValue(errors.New("the target revision ID is too far behind or unknown"))
		}
		base = n
	case required == "":
		g.violation(call.r, "a document is changed without a revision")
	}
	b := &docBatch{body: f.history[base].clone(), named: func() string { g.made++; return fmt.Sprintf("kix.%d", g.made) }}
	requests, _ := call.body["requests"].([]any)
	replies := []any{}
	for i, r := range requests {
		one, _ := r.(fields)
		if len(one) != 1 {
			return badValue(fmt.Errorf("requests[%d]: exactly one request has to be set", i))
		}
		for name, body := range one {
			f, _ := body.(fields)
			if err := docsRequests[name](b, f); err != nil {
				return badValue(fmt.Errorf("requests[%d].%s: %w", i, name, err))
			}
		}
		replies = append(replies, fields{})
	}
	b.merge(f.edits[base:])
	f.store(b.body, docEdit{})
	return jsonAnswer(fields{"documentId": f.id, "replies": replies, "writeControl": fields{"requiredRevisionId": f.revisionID()}})
}

// mostBehind is how many revisions a target may be behind.
const mostBehind = 50

// merge brings in what others did since the revision that the batch was meant for.
func (b *docBatch) merge(others []docEdit) {
	ours := b.edits
	for _, theirs := range others {
		if theirs.length == 0 {
			continue
		}
		moved := theirs
		for i := range ours {
			was := moved
			moved = moved.past(ours[i], true)
			ours[i] = ours[i].past(was, false)
		}
		if err := b.body.do(moved); err != nil {
			panic(err) // The edits of the tests do not clash.
		}
	}
}

func (b *docBatch) insertText(r fields) error {
	text, _ := r["text"].(string)
	at := intOf(r["location"], "index")
	if end, ok := r["endOfSegmentLocation"].(fields); ok && end != nil {
		at = b.body.end() - 1
	}
	n, err := b.body.insert(at, text)
	b.edits = append(b.edits, docEdit{at: at, text: text, length: n})
	return err
}

func (b *docBatch) createNamedRange(r fields) error {
	name, _ := r["name"].(string)
	start, end := rangeOf(r)
	if n := len(utf16.Encode([]rune(name))); n < 1 || n > 256 {
		return errors.New("the name has to be of 1 to 256 characters")
	}
	if err := b.body.within(start, end, func(*docPara) {}); err != nil {
		return err
	}
	b.body.ranges = append(b.body.ranges, docRange{b.named(), name, start, end})
	return nil
}

func (b *docBatch) updateParagraphStyle(r fields) error {
	style, _ := r["paragraphStyle"].(fields)
	named, _ := style["namedStyleType"].(string)
	if r["fields"] == nil || r["fields"] == "" {
		return errors.New("at least one field must be listed in fields")
	}
	start, end := rangeOf(r)
	return b.body.within(start, end, func(p *docPara) { p.style = cmp.Or(named, p.style) })
}

func (b *docBatch) updateTextStyle(r fields) error {
	if r["fields"] == nil || r["fields"] == "" {
		return errors.New("at least one field must be listed in fields")
	}
	start, end := rangeOf(r)
	return b.body.within(start, end, func(*docPara) {})
}

func (b *docBatch) bullets(r fields, on bool) error {
	start, end := rangeOf(r)
	return b.body.within(start, end, func(p *docPara) { p.bullet = on })
}

func rangeOf(r fields) (start, end int) {
	return intOf(r["range"], "startIndex"), intOf(r["range"], "endIndex")
}

func intOf(object any, name string) int {
	f, _ := object.(fields)
	n, _ := f[name].(float64)
	return int(n)
}

// judgeDocument notes what a careful client would not send to Docs and Drive.
func (g *Google) judgeDocument(call *googleCall) {
	if call.method.ID == "drive.permissions.create" && call.query.Get("sendNotificationEmail") != "false" {
		g.violation(call.r, "somebody is told of a document by mail")
	}
	if call.method.ID == "drive.permissions.create" && call.body["type"] != "user" {
		g.violation(call.r, "a document is shared with more than one person")
	}
}
