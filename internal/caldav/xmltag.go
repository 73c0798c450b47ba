package caldav

import (
	"bytes"
	"fmt"
	"strings"
)

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
