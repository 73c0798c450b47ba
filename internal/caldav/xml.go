package caldav

import (
	"bytes"
	"errors"
	"io"
	"strings"
)

// scanner reads XML as servers write it, event by event, in bounded memory.
// encoding/xml is not used for three reasons: it holds a text of any length in
// memory before the caller can refuse it; one control character in one event's
// title makes it refuse the whole calendar; and it takes longer over a large
// answer than the server took to make it.
//
// It checks that tags match and that the document ends where it should, for a
// truncated list reads as deleted events. It knows no document types and no
// entities beyond XML's own five. A carriage return is passed on as it is:
// iCalendar's line ends are part of the event.
type scanner struct {
	r        io.Reader
	buf      []byte
	pos, end int
	readErr  error

	open   []openTag
	bound  []binding // namespace declarations in force, innermost last
	closed bool      // an empty element was opened; its end comes next
	rooted bool      // the root element was seen

	// The current event. They are valid until the next call of next.
	name  name
	attrs []attribute
	text  []byte

	decoded []byte            // scratch for text with references
	names   map[string]string // the tags seen so far
	inCDATA bool
}

type (
	name      struct{ space, local string }
	attribute struct{ name, value string } // name as written, with its prefix
	binding   struct{ prefix, space string }
	openTag   struct {
		raw   string
		name  name
		bound int // len(scanner.bound) outside the element
	}
)

// piece is what scanner.next found.
type piece int

const (
	startTag piece = iota
	endTag
	textRun // a text may come in several runs
)

const (
	scanBuffer = 64 << 10 // also the longest tag
	maxDepth   = 64
)

var errXML = errors.New("the server's answer is not well-formed XML")

func newScanner(r io.Reader) *scanner {
	return &scanner{r: r, buf: make([]byte, scanBuffer)}
}

// next advances to the next event. It returns io.EOF after the end of the root
// element and io.ErrUnexpectedEOF when the document ends before that.
func (s *scanner) next() (piece, error) {
	if s.closed {
		s.closed = false
		s.pop()
		return endTag, nil
	}
	for {
		if s.inCDATA {
			if done, err := s.cdata(); err != nil || !done {
				return textRun, err
			}
			continue
		}
		if s.pos == s.end {
			if err := s.fill(); err != nil {
				return 0, s.atEnd(err)
			}
		}
		if s.buf[s.pos] != '<' {
			if err := s.characters(); err != nil {
				return 0, err
			}
			if len(s.open) > 0 {
				return textRun, nil
			}
			// Outside the root there is only space, and perhaps a byte order
			// mark, of which one read may bring a part.
			for _, c := range s.text {
				if strings.IndexByte(" \t\r\n", c) < 0 && (s.rooted || strings.IndexByte("\ufeff", c) < 0) {
					return 0, errXML
				}
			}
			continue
		}
		ev, found, err := s.markup()
		if found || err != nil {
			return ev, err
		}
	}
}

func (s *scanner) atEnd(err error) error {
	if err != io.EOF {
		return err
	}
	if len(s.open) > 0 || !s.rooted {
		return io.ErrUnexpectedEOF
	}
	return io.EOF
}

// fill reads more, keeping what is between pos and end. It returns io.EOF only
// when nothing more comes, and errXML when the buffer is full.
func (s *scanner) fill() error {
	if s.readErr != nil {
		return s.readErr
	}
	if s.pos > 0 {
		s.end = copy(s.buf, s.buf[s.pos:s.end])
		s.pos = 0
	}
	if s.end == len(s.buf) {
		return errXML
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		s.readErr = err
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// need makes sure that n bytes are at hand.
func (s *scanner) need(n int) error {
	for s.end-s.pos < n {
		if err := s.fill(); err != nil {
			return s.cut(err)
		}
	}
	return nil
}

// through returns the bytes up to and including the first end that begins at
// least skip bytes further on, and moves behind them.
func (s *scanner) through(end string, skip int) ([]byte, error) {
	for {
		have := s.buf[s.pos:s.end]
		if len(have) > skip {
			if i := bytes.Index(have[skip:], []byte(end)); i >= 0 {
				n := skip + i + len(end)
				s.pos += n
				return have[:n], nil
			}
		}
		if err := s.fill(); err != nil {
			return nil, s.cut(err)
		}
	}
}

func (s *scanner) cut(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// markup reads what begins with "<". found is false for what has no meaning
// here: comments, instructions, document types.
func (s *scanner) markup() (ev piece, found bool, err error) {
	if err := s.need(2); err != nil {
		return 0, false, err
	}
	switch s.buf[s.pos+1] {
	case '/':
		return endTag, true, s.endOfElement()
	case '?':
		_, err := s.through("?>", 2)
		return 0, false, err
	case '!':
		return 0, false, s.declaration()
	}
	return startTag, true, s.startOfElement()
}

func (s *scanner) declaration() error {
	if err := s.need(4); err != nil {
		return err
	}
	head := s.buf[s.pos:s.end]
	switch {
	case bytes.HasPrefix(head, []byte("<!--")):
		return s.comment()
	case head[2] == '[':
		if err := s.need(9); err != nil {
			return err
		}
		if !bytes.HasPrefix(s.buf[s.pos:s.end], []byte("<![CDATA[")) || len(s.open) == 0 {
			return errXML
		}
		s.pos += 9
		s.inCDATA = true
		return nil
	}
	tag, err := s.through(">", 2)
	if err != nil {
		return err
	}
	// A document type with declarations inside has no place in an answer.
	if bytes.IndexByte(tag, '[') >= 0 {
		return errXML
	}
	if bytes.Contains(bytes.ToLower(tag), []byte("html")) {
		return errWebPage
	}
	return nil
}

// comment passes over a comment of any length.
func (s *scanner) comment() error {
	s.pos += 4
	for {
		have := s.buf[s.pos:s.end]
		if i := bytes.Index(have, []byte("-->")); i >= 0 {
			s.pos += i + 3
			return nil
		}
		s.pos += max(0, len(have)-2)
		if err := s.fill(); err != nil {
			return s.cut(err)
		}
	}
}
