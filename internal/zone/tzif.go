package zone

import (
	"encoding/binary"
	"fmt"
)

// encode writes onsets, sorted and at least one, as TZif version 2 (RFC 8536),
// which is the only form in which the time package takes a zone.
func encode(onsets []onset) []byte {
	t := table{index: map[kind]byte{}}
	// The time before the first onset is a stretch of its own; an explicit
	// transition long ago keeps the reader from guessing.
	first := onsets[0].observance
	times := []int64{bigBang}
	kinds := []byte{t.add(kind{offset: first.From})}
	for _, o := range onsets {
		times = append(times, o.at)
		kinds = append(kinds, t.add(kind{o.observance.To, o.observance.Daylight, o.observance.Name}))
	}
	b := header(nil, 0, 1, 1)
	b = append(b, 0, 0, 0, 0, 0, 0, 0) // version 1: one kind, UTC, without a name
	b = header(b, len(times), len(t.kinds), len(t.names))
	for _, at := range times {
		b = binary.BigEndian.AppendUint64(b, uint64(at))
	}
	b = append(b, kinds...)
	for i, k := range t.kinds {
		b = binary.BigEndian.AppendUint32(b, uint32(int32(k.offset)))
		daylight := byte(0)
		if k.daylight {
			daylight = 1
		}
		b = append(b, daylight, t.starts[i])
	}
	b = append(b, t.names...)
	return append(b, "\n\n"...)
}

// bigBang is the first transition of every zone: before everything.
const bigBang = -1 << 59

// header appends a TZif header for a body with these numbers of transitions,
// kinds of time and bytes of names.
func header(b []byte, times, kinds, names int) []byte {
	b = append(b, "TZif2"...)
	b = append(b, make([]byte, 15)...)
	for _, n := range []int{0, 0, 0, times, kinds, names} {
		b = binary.BigEndian.AppendUint32(b, uint32(n))
	}
	return b
}

// kind is a kind of local time.
type kind struct {
	offset   int
	daylight bool
	name     string
}

// table collects the kinds of a zone and their names. Both are numbered with
// one byte.
type table struct {
	index  map[kind]byte
	kinds  []kind
	starts []byte // where the name of each kind begins in names
	names  []byte // each ends with a zero byte
}

// A name longer than this is a sentence.
const maxAbbreviation = 12

// add returns the number of k. There are never more kinds than a byte can
// count: Custom.onsets sees to it. When there is no room for its name, k is
// called what the first kind is; names are for people only.
func (t *table) add(k kind) byte {
	k.name = abbreviation(k)
	if i, ok := t.index[k]; ok {
		return i
	}
	i := byte(len(t.kinds))
	start, ok := t.name(k.name)
	if !ok {
		start = 0
	}
	t.index[k] = i
	t.kinds = append(t.kinds, k)
	t.starts = append(t.starts, start)
	return i
}

// name returns where name begins in names, appending it if there is room.
func (t *table) name(name string) (byte, bool) {
	for i, k := range t.kinds {
		if k.name == name {
			return t.starts[i], true
		}
	}
	if len(t.names)+len(name)+1 > 255 {
		return 0, false
	}
	start := byte(len(t.names))
	t.names = append(append(t.names, name...), 0)
	return start, true
}

// abbreviation returns the short name of k: its own if it is one, else the
// offset, as the database does for zones whose people have no word for it.
func abbreviation(k kind) string {
	if plain(k.name) && k.name != "" && len(k.name) <= maxAbbreviation {
		return k.name
	}
	sign, n := '+', k.offset
	if n < 0 {
		sign, n = '-', -n
	}
	if n%3600 == 0 {
		return fmt.Sprintf("%c%02d", sign, n/3600)
	}
	return fmt.Sprintf("%c%02d%02d", sign, n/3600, n/60%60)
}
