package calendartest

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
)

// collection is one calendar. For synchronisation it keeps the number of the
// last change of each object, and of each object that is gone: the log of
// changes without its history, so that it never grows beyond the names used.
type collection struct {
	id      int // part of sync tokens, so that those of a calendar made anew differ
	objects map[string]*object
	byUID   map[string]string   // UID to the name of the object that has it
	deleted map[string]uint64   // name to the number of the change that removed it
	last    uint64              // number of the last change
	props   map[xml.Name]string // properties that clients may set; text only
}

// object is one stored calendar object resource. It is never changed in place.
type object struct {
	data []byte
	etag string // strong, with quotes
	uid  string // "" when there is none to be found
	seq  uint64 // number of the change that stored it
}

// newCollection returns an empty calendar. The caller holds the lock.
func (d *DAV) newCollection() *collection {
	d.ids++
	return &collection{
		id:      d.ids,
		objects: map[string]*object{},
		byUID:   map[string]string{},
		deleted: map[string]uint64{},
		last:    d.seq,
		props:   map[xml.Name]string{},
	}
}

// store puts data under name and reports whether the object is new. Storing
// what is there already changes nothing, not even the ETag. The caller holds
// the lock.
func (d *DAV) store(c *collection, name string, data []byte) (o *object, created bool) {
	old := c.objects[name]
	if old != nil && bytes.Equal(old.data, data) {
		return old, false
	}
	d.seq++
	sum := sha256.Sum256(data)
	o = &object{
		data: bytes.Clone(data),
		// The number keeps an object that is made anew with its old content
		// from getting its old ETag.
		etag: fmt.Sprintf(`"%d-%x"`, d.seq, sum[:6]),
		uid:  uidOf(data),
		seq:  d.seq,
	}
	if old != nil && c.byUID[old.uid] == name {
		delete(c.byUID, old.uid)
	}
	if o.uid != "" {
		c.byUID[o.uid] = name
	}
	c.objects[name] = o
	delete(c.deleted, name)
	c.last = d.seq
	return o, old == nil
}

// remove takes the object out and reports whether it was there. The caller
// holds the lock.
func (d *DAV) remove(c *collection, name string) bool {
	o, ok := c.objects[name]
	if !ok {
		return false
	}
	d.seq++
	delete(c.objects, name)
	if c.byUID[o.uid] == name {
		delete(c.byUID, o.uid)
	}
	c.deleted[name] = d.seq
	c.last = d.seq
	return true
}

// data is what is stored under name, nil for nothing.
func (c *collection) data(name string) []byte {
	if c == nil || c.objects[name] == nil {
		return nil
	}
	return c.objects[name].data
}

// change is one line of the log of changes: the object is nil when it is gone.
type change struct {
	name   string
	object *object
	seq    uint64
}

// since returns the changes after number seq, oldest first, each name once.
func (c *collection) since(seq uint64) []change {
	var list []change
	for name, o := range c.objects {
		if o.seq > seq {
			list = append(list, change{name, o, o.seq})
		}
	}
	for name, n := range c.deleted {
		if n > seq {
			list = append(list, change{name, nil, n})
		}
	}
	slices.SortFunc(list, func(a, b change) int { return cmp.Compare(a.seq, b.seq) })
	return list
}

// names returns the names of the objects, sorted.
func (c *collection) names() []string {
	return slices.Sorted(maps.Keys(c.objects))
}
