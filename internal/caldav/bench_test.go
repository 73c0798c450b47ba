package caldav

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"
)

// wholeCalendar is an answer of 5,000 events, about 7 MB, with line ends as
// they are or as character references.
func wholeCalendar(eol string) string {
	var b strings.Builder
	b.WriteString(`<multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><sync-token>t</sync-token>`)
	for i := range 5000 {
		ics := strings.ReplaceAll(event(fmt.Sprint(i), "Ann &amp; Bob "+strings.Repeat("x", 500)), "\r\n", eol)
		fmt.Fprintf(&b, `<response><href>/ann/work/%d.ics</href><propstat><prop><getetag>"%064d"</getetag>`+
			`<C:calendar-data>%s</C:calendar-data></prop><status>HTTP/1.1 200 OK</status></propstat></response>`, i, i, ics)
	}
	b.WriteString("</multistatus>")
	return b.String()
}

func BenchmarkDecode(b *testing.B) {
	for name, eol := range map[string]string{"plain": "\r\n", "references": "&#13;\n"} {
		text := wholeCalendar(eol)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if ms, err := decodeMultistatus(strings.NewReader(text)); err != nil || len(ms.items) != 5000 {
					b.Fatalf("%v", err)
				}
			}
		})
	}
	// What encoding/xml needs to find the tokens alone.
	text := wholeCalendar("\r\n")
	b.Run("encoding-xml-tokens", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			d := xml.NewDecoder(strings.NewReader(text))
			for {
				if _, err := d.RawToken(); err == io.EOF {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
