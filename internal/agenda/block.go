package agenda

import "strings"

// The two marker lines between which the program writes into a description.
// They never change: calendars in the field hold them.
const (
	blockBegin = "--- oneonone ---"
	blockEnd   = "--- end of oneonone ---"
)

// SplitBlock takes the program's block out of a description. human is the
// description without it, byte for byte what people wrote; lines is what stands
// between the markers; found reports whether there was a block. A block without
// its end marker is not ours any more and stays with the human text.
func SplitBlock(description string, html bool) (human string, lines []string, found bool) {
	panic("to be written")
}

// JoinBlock puts a block with lines at the end of the human text, in HTML when
// the description is HTML. No lines, no block: JoinBlock(SplitBlock(d)) without
// lines is d as it was before the program touched it.
func JoinBlock(human string, lines []string, html bool) string {
	_ = strings.Join
	panic("to be written")
}
