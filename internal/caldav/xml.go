package caldav

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
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

// cdata sets text to the next run of a CDATA section; done says that the
// section ended without any more of it.
func (s *scanner) cdata() (done bool, err error) {
	for {
		have := s.buf[s.pos:s.end]
		if i := bytes.Index(have, []byte("]]>")); i >= 0 {
			s.text = have[:i]
			s.pos += i + 3
			s.inCDATA = false
			return i == 0, nil
		}
		if n := len(have) - 2; n > 0 {
			s.text = have[:n]
			s.pos += n
			return false, nil
		}
		if err := s.fill(); err != nil {
			return false, s.cut(err)
		}
	}
}

func (s *scanner) endOfElement() error {
	tag, err := s.through(">", 2)
	if err != nil {
		return err
	}
	raw := bytes.TrimRight(tag[2:len(tag)-1], " \t\r\n")
	if len(s.open) == 0 || s.open[len(s.open)-1].raw != string(raw) {
		return errXML
	}
	s.pop()
	return nil
}

func (s *scanner) pop() {
	top := s.open[len(s.open)-1]
	s.open = s.open[:len(s.open)-1]
	s.bound = s.bound[:top.bound]
	s.name = top.name
}

func (s *scanner) startOfElement() error {
	if len(s.open) == 0 && s.rooted {
		return errXML
	}
	if len(s.open) >= maxDepth {
		return fmt.Errorf("%w: more than %d elements inside each other", errXML, maxDepth)
	}
	tag, err := s.wholeTag()
	if err != nil {
		return err
	}
	tag = tag[1 : len(tag)-1]
	if n := len(tag); n > 0 && tag[n-1] == '/' {
		s.closed = true
		tag = tag[:n-1]
	}
	n := bytes.IndexAny(tag, " \t\r\n")
	if n < 0 {
		n = len(tag)
	}
	if n == 0 || bytes.ContainsAny(tag[:n], "<>&\"'=") {
		return errXML
	}
	t := openTag{raw: s.spelled(tag[:n]), bound: len(s.bound)}
	if err := s.attributes(tag[n:]); err != nil {
		return err
	}
	t.name = s.resolve(t.raw)
	s.open = append(s.open, t)
	s.name, s.rooted = t.name, true
	return nil
}

// spelled returns raw as a string, the same one each time: an answer has a
// dozen names and tens of thousands of tags.
func (s *scanner) spelled(raw []byte) string {
	if known, ok := s.names[string(raw)]; ok {
		return known
	}
	if s.names == nil || len(s.names) > 1000 {
		s.names = make(map[string]string)
	}
	n := string(raw)
	s.names[n] = n
	return n
}

// wholeTag returns the tag at pos up to the ">" that is not inside quotes.
func (s *scanner) wholeTag() ([]byte, error) {
	quote := byte(0)
	for i := 1; ; i++ {
		if s.pos+i >= s.end {
			if err := s.need(i + 1); err != nil {
				return nil, err
			}
		}
		switch c := s.buf[s.pos+i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			tag := s.buf[s.pos : s.pos+i+1]
			s.pos += i + 1
			return tag, nil
		}
	}
}

func (s *scanner) attributes(rest []byte) error {
	s.attrs = s.attrs[:0]
	for {
		rest = bytes.TrimLeft(rest, " \t\r\n")
		if len(rest) == 0 {
			return nil
		}
		eq := bytes.IndexByte(rest, '=')
		if eq <= 0 {
			return errXML
		}
		key := string(bytes.TrimRight(rest[:eq], " \t\r\n"))
		rest = bytes.TrimLeft(rest[eq+1:], " \t\r\n")
		if len(rest) < 2 || rest[0] != '"' && rest[0] != '\'' {
			return errXML
		}
		n := bytes.IndexByte(rest[1:], rest[0])
		if n < 0 {
			return errXML
		}
		value := string(appendDecoded(nil, rest[1:1+n]))
		rest = rest[n+2:]
		switch {
		case key == "xmlns":
			s.bound = append(s.bound, binding{"", value})
		case strings.HasPrefix(key, "xmlns:"):
			s.bound = append(s.bound, binding{key[6:], value})
		default:
			s.attrs = append(s.attrs, attribute{key, value})
		}
	}
}

// resolve turns a name with a prefix into one with a namespace. An unknown
// prefix stands for itself, so that such an element is foreign, not fatal.
func (s *scanner) resolve(raw string) name {
	prefix, local, ok := strings.Cut(raw, ":")
	if !ok {
		prefix, local = "", raw
	}
	for i := len(s.bound) - 1; i >= 0; i-- {
		if s.bound[i].prefix == prefix {
			return name{s.bound[i].space, local}
		}
	}
	return name{prefix, local}
}

// characters sets text to the next run of character data, at most up to the
// next tag.
func (s *scanner) characters() error {
	for {
		have := s.buf[s.pos:s.end]
		n := bytes.IndexByte(have, '<')
		if n < 0 {
			n = len(have)
			// A reference that is not complete yet stays for the next run.
			if i := bytes.LastIndexByte(have, '&'); i >= 0 && n-i < maxReference &&
				bytes.IndexByte(have[i:], ';') < 0 && s.readErr == nil {
				n = i
			}
		}
		if n > 0 {
			s.text = s.decode(have[:n])
			s.pos += n
			return nil
		}
		if err := s.fill(); err != nil {
			return s.cut(err)
		}
	}
}

// decode resolves references. The result is valid until the next call.
func (s *scanner) decode(raw []byte) []byte {
	if bytes.IndexByte(raw, '&') < 0 {
		return raw
	}
	s.decoded = appendDecoded(s.decoded[:0], raw)
	return s.decoded
}

const maxReference = 16 // bytes of the longest reference that is understood

// appendDecoded appends raw to dst with its references resolved. What is no
// reference stays as it is.
func appendDecoded(dst, raw []byte) []byte {
	for {
		i := bytes.IndexByte(raw, '&')
		if i < 0 {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:i]...)
		raw = raw[i:]
		n := bytes.IndexByte(raw[:min(len(raw), maxReference)], ';')
		r, ok := rune(0), false
		if n > 0 {
			r, ok = reference(string(raw[1:n]))
		}
		if !ok {
			dst = append(dst, '&')
			raw = raw[1:]
			continue
		}
		dst = utf8.AppendRune(dst, r)
		raw = raw[n+1:]
	}
}

func reference(s string) (rune, bool) {
	switch s {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(s) < 2 || s[0] != '#' {
		return 0, false
	}
	digits, base := s[1:], 10
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 31)
	return rune(n), err == nil
}
