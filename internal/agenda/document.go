package agenda

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Document is what is wanted of the living document of a pair.
type Document struct {
	// Key names the pair for ever and says nothing about it (DocumentKey).
	Key string
	// ID is that of the document if it is known; a document that is gone is
	// looked for and made anew.
	ID string
	// Share is the address of the person to be let in; "" for nobody.
	Share string
	// Section names the next meeting among those of the pair (SectionKey); "" for
	// none: then the document is only looked at.
	Section string
	// Made says that the section was made before. Where it is no longer there,
	// somebody took it away, and it is not made again.
	Made    bool
	Meeting Meeting
	// Late are those of the meeting's topics that may have been written after its
	// section was made. What of them does not stand in it is added.
	Late []string
}

// Published is what there is of a document.
type Published struct {
	ID, Link string
	Shared   bool // Share has been let in, now or before
	Section  bool // the section of the next meeting was made, now or before, and has what is late
	// Past are the sections of other meetings, the topmost first, at most four.
	Past []Past
}

// Past is what people left behind in the section of a meeting.
type Past struct {
	Section    string
	Unfinished bool // a topic in it is still open
}

// DocumentKey names the document of a pair: pair is the key of the relationship.
// It does not tell who they are.
func DocumentKey(pair string) string {
	sum := sha256.Sum256([]byte("oneonone agenda " + pair))
	return hex.EncodeToString(sum[:16])
}

// SectionKey names a meeting among those of its pair: by its original start, so
// that it keeps its section when it moves and when its series is made anew
// (R3), or, where it does not recur (original is zero), by its UID.
func SectionKey(uid string, original time.Time) string {
	if original.IsZero() {
		sum := sha256.Sum256([]byte(uid))
		return hex.EncodeToString(sum[:16])
	}
	return original.UTC().Format("20060102T150405Z")
}
