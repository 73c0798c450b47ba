package agenda

import "strings"

// IsLink reports whether a line of the block is the agenda link.
func IsLink(line string) bool { return strings.HasPrefix(line, "Agenda: ") }

// IsMoved reports whether a line of the block tells of a move.
func IsMoved(line string) bool { return strings.HasPrefix(line, "Moved from ") }
