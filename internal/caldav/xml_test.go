package caldav

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// outline writes what a scanner finds in a canonical form.
func outline(r io.Reader) (string, error) {
	s := newScanner(r)
	var b strings.Builder
	text := ""
	flush := func() {
		if text != "" {
			fmt.Fprintf(&b, "%q", text)
		}
		text = ""
	}
	for {
		p, err := s.next()
		if err == io.EOF {
			return b.String(), nil
		}
		if err != nil {
			return b.String(), err
		}
		switch p {
		case startTag:
			flush()
			fmt.Fprintf(&b, "<%s|%s", s.name.space, s.name.local)
			for _, a := range s.attrs {
				fmt.Fprintf(&b, " %s=%q", a.name, a.value)
			}
			b.WriteString(">")
		case endTag:
			flush()
			fmt.Fprintf(&b, "</%s>", s.name.local)
		case textRun:
			text += string(s.text)
		}
	}
}

func TestScanner(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"default namespace", `<a xmlns="DAV:"><b/></a>`, `<DAV:|a><DAV:|b></b></a>`},
		{"prefix", `<n0:a xmlns:n0="DAV:"><n0:b x='1'>t</n0:b></n0:a>`, `<DAV:|a><DAV:|b x="1">"t"</b></a>`},
		{"prefix bound anew inside", `<p:a xmlns:p="1"><p:b xmlns:p="2"/><p:c/></p:a>`, `<1|a><2|b></b><1|c></c></a>`},
		{"prefix never bound", `<x:a/>`, `<x|a></a>`},
		{"references", `<a>&lt;&amp;&#x41;&#66;&quot;&apos;&gt;</a>`, `<|a>"<&AB\"'>"</a>`},
		{"no references", `<a>a & b; &nope; &#xZZ; &</a>`, `<|a>"a & b; &nope; &#xZZ; &"</a>`},
		{"CDATA", `<a>x<![CDATA[<b>&amp;]]]]><![CDATA[>]]>y</a>`, `<|a>"x<b>&amp;]]>y"</a>`},
		{"comments and instructions", `<?xml version="1.0"?><!-- <x> --><a><!-- > --><?p q?>t</a><!-- -->`, `<|a>"t"</a>`},
		{"byte order mark", "\ufeff<a/>\n", `<|a></a>`},
		{"line ends stay", "<a>x\r\ny&#13;\nz</a>", `<|a>"x\r\ny\r\nz"</a>`},
		{"control characters", "<a>x\x0by\x00</a>", `<|a>"x\vy\x00"</a>`},
		{"broken UTF-8", "<a>x\xffy</a>", `<|a>"x\xffy"</a>`},
		{"quoted bracket", `<a b="x>y" c='"'>t</a>`, `<|a b="x>y" c="\"">"t"</a>`},
		{"document type", `<!DOCTYPE a SYSTEM "x"><a/>`, `<|a></a>`},
		{"spaces in tags", "<a\n b = '1' ><c / ></c ></a\t>", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{
				"at once":      strings.NewReader(tc.in),
				"byte by byte": iotest.OneByteReader(strings.NewReader(tc.in)),
				"with EOF":     iotest.DataErrReader(strings.NewReader(tc.in)),
			} {
				got, err := outline(r)
				if tc.want == "" {
					if err == nil {
						t.Errorf("%s: read %s, want an error", how, got)
					}
				} else if err != nil || got != tc.want {
					t.Errorf("%s: read %s, %v\nwant %s", how, got, err, tc.want)
				}
			}
		})
	}
}

func TestScannerRefuses(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		want     error
	}{
		{"nothing", "", io.ErrUnexpectedEOF},
		{"spaces", " \n", io.ErrUnexpectedEOF},
		{"text", "sorry", errXML},
		{"end is missing", "<a><b></b>", io.ErrUnexpectedEOF},
		{"cut in a tag", "<a><b", io.ErrUnexpectedEOF},
		{"cut in a text", "<a>xyz", io.ErrUnexpectedEOF},
		{"cut in a comment", "<a><!-- x", io.ErrUnexpectedEOF},
		{"cut in CDATA", "<a><![CDATA[x", io.ErrUnexpectedEOF},
		{"tags cross", "<a><b></a></b>", errXML},
		{"two roots", "<a/><b/>", errXML},
		{"text behind", "<a/>x", errXML},
		{"entities of its own", `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, errXML},
		{"web page", "<!doctype HTML><p>hi</p>", errWebPage},
		{"attribute without value", "<a b/>", errXML},
		{"bottomless", strings.Repeat("<a>", 100000), errXML},
		{"endless tag", "<a b='" + strings.Repeat("x", 1<<20), errXML},
		{"endless name", "<" + strings.Repeat("x", 1<<20), errXML},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, err := outline(strings.NewReader(tc.in)); !errors.Is(err, tc.want) {
				t.Errorf("read %.100s, %v, want error %v", got, err, tc.want)
			}
		})
	}
}

// FuzzScanner compares with encoding/xml: what that accepts must read the same,
// but for carriage returns, which encoding/xml takes out.
func FuzzScanner(f *testing.F) {
	f.Add([]byte(`<?xml version="1.0"?><d:a xmlns:d="DAV:" x="&lt;"><b>t&amp;u<![CDATA[v]]></b><!-- c --><c/></d:a>`))
	f.Add([]byte("<a>\r\n&#13;&#x1F600;</a>"))
	f.Add([]byte("<a xmlns='x'><b:c xmlns:b='y' b:d='e'/></a>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := outline(bytes.NewReader(data))
		slow, slowErr := outline(iotest.OneByteReader(bytes.NewReader(data)))
		if got != slow || (err == nil) != (slowErr == nil) {
			t.Fatalf("at once: %s, %v\nbyte by byte: %s, %v", got, err, slow, slowErr)
		}
		want, ok := standard(data)
		if !ok {
			return
		}
		if err != nil {
			t.Fatalf("encoding/xml reads %s, we fail: %v", want, err)
		}
		if clean := strings.NewReplacer(`\r\n`, `\n`, `\r`, `\n`).Replace(got); clean != want {
			t.Fatalf("read     %s\nwant %s", clean, want)
		}
	})
}

// standard is outline by encoding/xml; ok is false where the two differ on
// purpose or where the document is not sound.
func standard(data []byte) (string, bool) {
	if bytes.Contains(data, []byte("<!")) && !bytes.Contains(data, []byte("<!--")) && !bytes.Contains(data, []byte("<![CDATA[")) {
		return "", false // document types
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	var b strings.Builder
	text, depth, roots := "", 0, 0
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return strings.NewReplacer(`\r\n`, `\n`, `\r`, `\n`).Replace(b.String()), roots == 1 && depth == 0
		}
		if err != nil {
			return "", false
		}
		if c, ok := tok.(xml.CharData); ok {
			text += string(c)
			if depth == 0 && len(bytes.TrimSpace(c)) > 0 {
				return "", false
			}
			continue
		}
		switch e := tok.(type) {
		case xml.StartElement, xml.EndElement:
			if text != "" && depth > 0 {
				fmt.Fprintf(&b, "%q", text)
			}
			text = ""
			if s, ok := e.(xml.StartElement); ok {
				if depth++; depth > maxDepth {
					return "", false
				}
				if depth == 1 {
					roots++
				}
				fmt.Fprintf(&b, "<%s|%s", s.Name.Space, s.Name.Local)
				if len(s.Attr) > 0 {
					// Attributes keep their prefix here and have a namespace there.
					for _, a := range s.Attr {
						if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
							return "", false
						}
					}
				}
				b.WriteString(">")
			} else {
				depth--
				fmt.Fprintf(&b, "</%s>", e.(xml.EndElement).Name.Local)
			}
		case xml.Directive:
			return "", false
		}
	}
}
