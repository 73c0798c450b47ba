package caldav

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

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
