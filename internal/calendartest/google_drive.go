package calendartest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// docMime is the type of a Google Doc.
const docMime = "application/vnd.google-apps.document"

// googleFile is a file in somebody's Drive.
type googleFile struct {
	id, owner, name, mime string
	app                   bool // made by the program: with drive.file it sees nothing else
	properties            map[string]string
	created               time.Time
	trashed               bool
	permissions           []fields

	body    *docBody
	history []*docBody // by revision
	edits   []docEdit  // that led from a revision to the next; of length 0 for those of the interface
}

// store makes a new revision.
func (f *googleFile) store(body *docBody, e docEdit) {
	f.body = body
	f.history = append(f.history, body)
	f.edits = append(f.edits, e)
}

// visible returns the file if the program may see it for user, else nil.
func (g *Google) visible(user *GoogleUser, id string) *googleFile {
	if f := g.files[id]; f != nil && f.app && f.owner == user.Email {
		return f
	}
	return nil
}

// newFile makes an empty document.
func (g *Google) newFile(owner, name string) *googleFile {
	g.made++
	body := newDocBody()
	body.grow = g.style.GrowRanges
	f := &googleFile{
		id:    fmt.Sprintf("1fake%032x", uint64(g.made)*0x9e3779b97f4a7c15),
		owner: owner, name: name, mime: docMime, created: g.now(), properties: map[string]string{},
		body: body, history: []*docBody{body},
		permissions: []fields{{"kind": "drive#permission", "id": "owner", "type": "user", "role": "owner", "emailAddress": owner}},
	}
	g.files[f.id] = f
	return f
}

func (f *googleFile) json() fields {
	properties := fields{}
	for k, v := range f.properties {
		properties[k] = v
	}
	return fields{"kind": "drive#file", "id": f.id, "name": f.name, "mimeType": f.mime, "appProperties": properties,
		"trashed": f.trashed, "createdTime": f.created.UTC().Format(time.RFC3339Nano), "webViewLink": f.link(),
		"permissions": anys(f.permissions)}
}

func (f *googleFile) link() string {
	return "https://docs.google.com/document/d/" + f.id + "/edit?usp=drivesdk"
}

func anys(list []fields) []any {
	out := []any{}
	for _, f := range list {
		out = append(out, f)
	}
	return out
}

// insertFile is files.create without media.
func (g *Google) insertFile(call *googleCall) answer {
	if call.body["mimeType"] != docMime {
		return badValue(errors.New("only documents are made here"))
	}
	name, _ := call.body["name"].(string)
	properties, _ := call.body["appProperties"].(fields)
	f := g.newFile(call.user.Email, cmp.Or(name, "Untitled"))
	f.app = true
	for k, v := range properties {
		text, _ := v.(string)
		if len(k)+len(text) > 124 {
			delete(g.files, f.id)
			return badValue(errors.New("a property is longer than 124 bytes"))
		}
		f.properties[k] = text
	}
	return jsonAnswer(mask(f.json(), cmp.Or(call.query.Get("fields"), "kind,id,name,mimeType")))
}

// getFile is files.get.
func (g *Google) getFile(call *googleCall) answer {
	f := g.visible(call.user, call.path["fileId"])
	if f == nil {
		return notFound()
	}
	return jsonAnswer(mask(f.json(), cmp.Or(call.query.Get("fields"), "kind,id,name,mimeType")))
}

var (
	driveTerms = regexp.MustCompile(`\s+and\s+`)
	driveHas   = regexp.MustCompile(`^appProperties has \{ key='([^']*)' and value='([^']*)' \}$`)
	driveTrash = regexp.MustCompile(`^trashed = (true|false)$`)
)

// listFiles is files.list with the few terms of a query that the server knows.
// Files come in no order that anybody could rely on, unless one is asked for.
func (g *Google) listFiles(call *googleCall) answer {
	wanted := []func(*googleFile) bool{func(f *googleFile) bool { return g.visible(call.user, f.id) != nil }}
	q := strings.TrimSpace(call.query.Get("q"))
	if m := driveHas.FindString(q); m == "" && q != "" {
		// A term in braces holds the word "and", so it is cut off first.
		head, tail, ok := strings.Cut(q, "}")
		for _, term := range driveTerms.Split(strings.TrimPrefix(strings.TrimSpace(tail), "and "), -1) {
			t := driveTrash.FindStringSubmatch(term)
			if !ok || t == nil {
				return badValue(fmt.Errorf("invalid value %q of q", q))
			}
			wanted = append(wanted, func(f *googleFile) bool { return f.trashed == (t[1] == "true") })
		}
		q = head + "}"
	}
	if q != "" {
		m := driveHas.FindStringSubmatch(q)
		if m == nil {
			return badValue(fmt.Errorf("invalid value %q of q", q))
		}
		wanted = append(wanted, func(f *googleFile) bool { return f.properties[m[1]] == m[2] })
	}
	list := slices.DeleteFunc(slices.Collect(maps.Values(g.files)), func(f *googleFile) bool {
		return slices.ContainsFunc(wanted, func(want func(*googleFile) bool) bool { return !want(f) })
	})
	oldest := func(a, b *googleFile) int { return cmp.Or(a.created.Compare(b.created), cmp.Compare(a.id, b.id)) }
	switch call.query.Get("orderBy") {
	case "createdTime":
		slices.SortFunc(list, oldest)
	case "":
		slices.SortFunc(list, func(a, b *googleFile) int { return oldest(b, a) })
	default:
		return badValue(errors.New("invalid orderBy"))
	}
	return g.filePage(call, list)
}

func (g *Google) filePage(call *googleCall, list []*googleFile) answer {
	from, _ := strconv.Atoi(call.query.Get("pageToken"))
	size := cmp.Or(call.number("pageSize"), 100)
	if g.style.Page > 0 {
		size = min(size, g.style.Page)
	}
	out := fields{"kind": "drive#fileList", "incompleteSearch": false}
	items := []any{}
	for _, f := range list[min(max(from, 0), len(list)):] {
		if len(items) == size {
			out["nextPageToken"] = strconv.Itoa(from + size)
			break
		}
		items = append(items, f.json())
	}
	out["files"] = items
	return jsonAnswer(mask(out, cmp.Or(call.query.Get("fields"), "kind,nextPageToken,incompleteSearch,files(kind,id,name,mimeType)")))
}

// listPermissions is permissions.list.
func (g *Google) listPermissions(call *googleCall) answer {
	f := g.visible(call.user, call.path["fileId"])
	if f == nil {
		return notFound()
	}
	out := fields{"kind": "drive#permissionList", "permissions": anys(f.permissions)}
	return jsonAnswer(mask(out, cmp.Or(call.query.Get("fields"), "kind,permissions(kind,id,type,role)")))
}

// insertPermission is permissions.create. Somebody who has no account can only be
// let in by a mail, and somebody who is in already gets another role.
func (g *Google) insertPermission(call *googleCall) answer {
	f := g.visible(call.user, call.path["fileId"])
	if f == nil {
		return notFound()
	}
	address, _ := call.body["emailAddress"].(string)
	role, _ := call.body["role"].(string)
	mails := call.query.Get("sendNotificationEmail") != "false"
	switch {
	case call.body["type"] != "user" || address == "" || !slices.Contains([]string{"reader", "commenter", "writer"}, role):
		return badValue(errors.New("the permission is not valid"))
	case g.userOf(address) == nil && !mails:
		return refuse(400, "invalidSharingRequest", "There is no Google account associated with this email address; notify people to share with it.")
	}
	if mails {
		g.mails = append(g.mails, GoogleMail{To: address, Event: f.id, What: "share"})
	}
	p := fields{"kind": "drive#permission", "id": strings.ToLower(address), "type": "user", "role": role, "emailAddress": address}
	if u := g.userOf(address); u != nil {
		p["id"], p["emailAddress"] = u.Email, u.Email // An alias leads to the account.
	}
	i := slices.IndexFunc(f.permissions, func(have fields) bool { return have["id"] == p["id"] })
	if i < 0 {
		f.permissions = append(f.permissions, p)
	} else if f.permissions[i]["role"] != "owner" {
		f.permissions[i] = p
	}
	return jsonAnswer(mask(p, cmp.Or(call.query.Get("fields"), "kind,id,type,role")))
}
