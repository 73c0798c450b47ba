package google

import (
	"context"
	"errors"
	"fmt"
	"strings"

	docs "google.golang.org/api/docs/v1"
	drive "google.golang.org/api/drive/v3"
	"google.golang.org/api/googleapi"

	"oneonone/internal/agenda"
	"oneonone/internal/calendar"
)

const (
	docType = "application/vnd.google-apps.document"
	// pairKey is the property, seen by this program alone, by which the document
	// of a pair is found again. Its name never changes.
	pairKey = "oneononePair"
)

// Publish implements the engine's Publisher. A document is looked for before it
// is made: by its ID, then by the key of the pair among what the program has
// made. Of several the oldest that is not in the trash counts, so that all who
// look choose the same. One that lies in the trash is left there and no other is
// made: whoever threw it away can restore it with all that was written, or
// delete it for good. The other person is let in as a writer once and without a
// mail; a role that somebody has is not changed.
func (d *Documents) Publish(ctx context.Context, want agenda.Document) (agenda.Published, error) {
	var p agenda.Published
	if d.lacks != nil {
		return p, d.lacks
	}
	file, err := d.find(ctx, want)
	if err != nil {
		return p, err
	}
	if file == nil {
		if file, err = d.make(ctx, want); err != nil {
			return p, err
		}
	}
	p.ID, p.Link = file.Id, file.WebViewLink
	want.Made = want.Made && file.Id == want.ID
	if file.Trashed {
		return p, fmt.Errorf("%w: the agenda lies in the trash of Google Drive; restore it there, or delete it for good and a new one is made", calendar.ErrRefused)
	}
	if p.Section, p.Past, err = d.section(ctx, file.Id, want); err != nil {
		return p, err
	}
	if want.Share == "" {
		return p, nil
	}
	err = d.share(ctx, file.Id, want.Share)
	p.Shared = err == nil
	return p, err
}

const fileFields = "id,webViewLink,trashed"

// find returns the document of the pair, nil when there is none.
func (d *Documents) find(ctx context.Context, want agenda.Document) (*drive.File, error) {
	if want.ID != "" {
		file, err := read(ctx, d.client, func(ctx context.Context) (*drive.File, error) {
			return d.drive.Files.Get(want.ID).Fields(fileFields).Context(ctx).Do(d.client.calls...)
		})
		if err == nil || !errors.Is(err, calendar.ErrNotFound) {
			return file, err
		}
	}
	files, err := d.list(ctx, want.Key)
	if err != nil || len(files) == 0 {
		return nil, err
	}
	for _, f := range files {
		if !f.Trashed {
			return f, nil
		}
	}
	return files[0], nil
}

// list returns the documents of a pair, the oldest first, those in the trash too.
func (d *Documents) list(ctx context.Context, key string) ([]*drive.File, error) {
	var files []*drive.File
	token := ""
	for range maxPages {
		page, err := read(ctx, d.client, func(ctx context.Context) (*drive.FileList, error) {
			call := d.drive.Files.List().Q(fmt.Sprintf("appProperties has { key='%s' and value='%s' }", pairKey, key)).
				OrderBy("createdTime").Fields("nextPageToken,files(" + fileFields + ")").Context(ctx)
			if token != "" {
				call.PageToken(token)
			}
			return call.Do(d.client.calls...)
		})
		if err != nil {
			return nil, err
		}
		files = append(files, page.Files...)
		if token = page.NextPageToken; token == "" {
			return files, nil
		}
	}
	return nil, errors.New("listing the documents: Google's list does not end")
}

// make makes an empty document. When the answer is lost it is found again by
// its property, which it has from the first moment.
func (d *Documents) make(ctx context.Context, want agenda.Document) (*drive.File, error) {
	return write(ctx, d.client, func(ctx context.Context) (*drive.File, error) {
		return d.drive.Files.Create(&drive.File{
			Name: agenda.Next(want.Meeting).Title() + ": agenda", MimeType: docType,
			AppProperties: map[string]string{pairKey: want.Key},
		}).Fields(fileFields).Context(ctx).Do(d.client.calls...)
	})
}

// share lets a person write in a document, unless the person is in already.
func (d *Documents) share(ctx context.Context, id, address string) error {
	token := ""
	for range maxPages {
		page, err := read(ctx, d.client, func(ctx context.Context) (*drive.PermissionList, error) {
			call := d.drive.Permissions.List(id).Fields("nextPageToken,permissions(type,role,emailAddress)").Context(ctx)
			if token != "" {
				call.PageToken(token)
			}
			return call.Do(d.client.calls...)
		})
		if err != nil {
			return err
		}
		for _, p := range page.Permissions {
			if strings.EqualFold(p.EmailAddress, address) {
				return nil
			}
		}
		if token = page.NextPageToken; token == "" {
			break
		}
	}
	_, err := write(ctx, d.client, func(ctx context.Context) (*drive.Permission, error) {
		return d.drive.Permissions.Create(id, &drive.Permission{Type: "user", Role: "writer", EmailAddress: address}).
			SendNotificationEmail(false).Fields("id").Context(ctx).Do(d.client.calls...)
	})
	return err
}

// section looks at a document and puts the section of the next meeting at its
// top, or what is late into the section that it has; it also says there when the
// meeting has been moved. The change is meant for the
// revision that was looked at; Google merges it with what people type at the
// same moment.
func (d *Documents) section(ctx context.Context, id string, want agenda.Document) (made bool, past []agenda.Past, err error) {
	const attempts = 2 // a revision may be too old by the time of the change
	for attempt := 1; ; attempt++ {
		doc, err := d.read(ctx, id)
		if err != nil {
			return false, nil, err
		}
		requests, past := changes(doc, want)
		if len(requests) > 0 {
			err = d.change(ctx, doc, requests)
		}
		if errors.Is(err, calendar.ErrRefused) && attempt < attempts {
			continue
		}
		return err == nil && want.Section != "", past, err
	}
}

// changes returns what is to be changed in a document, and what people left in
// the sections of other meetings.
func changes(doc *docs.Document, want agenda.Document) ([]*docs.Request, []agenda.Past) {
	sections := sectionsOf(doc)
	var past []agenda.Past
	var current *docSection
	var last []agenda.Item
	n := 0
	for i, s := range sections {
		if s.name == want.Section {
			current = &sections[i]
			continue
		}
		n++
		items := agenda.Items(s.text())
		if len(past) == 0 {
			last = items
		}
		if len(past) < mostPast {
			past = append(past, agenda.Past{Section: s.name, Unfinished: agenda.Unfinished(items)})
		}
	}
	m := want.Meeting
	m.Number = max(m.Number, n+1) // the document remembers what the calendar has forgotten
	switch {
	case current != nil && len(current.lines) > 0:
		page, text := agenda.Next(m), current.text()
		moved, _ := page.Moved(text)
		return additions(*current, page.Missing(want.Late, text), moved), past
	case current != nil, want.Section == "", want.Made:
		return nil, past
	}
	top := newInsertion(bodyStart)
	top.addSection(rangePrefix+want.Section, agenda.Next(m).Lines(last))
	if isBlank(doc) { // Else somebody has taken it away.
		top.addSection(aboutRange, agenda.About())
	}
	return top.requests(), past
}

// change carries out requests, once.
func (d *Documents) change(ctx context.Context, doc *docs.Document, requests []*docs.Request) error {
	_, err := write(ctx, d.client, func(ctx context.Context) (*docs.BatchUpdateDocumentResponse, error) {
		return d.docs.Documents.BatchUpdate(doc.DocumentId, &docs.BatchUpdateDocumentRequest{
			Requests: requests, WriteControl: &docs.WriteControl{TargetRevisionId: doc.RevisionId},
		}).Fields("documentId").Context(ctx).Do(d.client.calls...)
	})
	return err
}

// mostPast is how many sections of other meetings are told about.
const mostPast = 4

// documentFields is all that is read of a document.
const documentFields googleapi.Field = "documentId,revisionId,namedRanges,body(content(startIndex,endIndex,paragraph(" +
	"elements(textRun(content),person(personProperties(name)),richLink(richLinkProperties(title))),paragraphStyle(namedStyleType),bullet(listId))))"

func (d *Documents) read(ctx context.Context, id string) (*docs.Document, error) {
	return read(ctx, d.client, func(ctx context.Context) (*docs.Document, error) {
		return d.docs.Documents.Get(id).Fields(documentFields).Context(ctx).Do(d.client.calls...)
	})
}
