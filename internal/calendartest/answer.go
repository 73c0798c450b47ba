package calendartest

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
)

// answer is a response before it is written. Answers are built whole, so that
// none is half given while the lock is held.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func status(code int) answer { return answer{status: code, header: http.Header{}} }

func (a answer) with(key, value string) answer {
	a.header.Set(key, value)
	return a
}

// text is an answer for a person's eyes.
func text(code int, words string) answer {
	a := status(code).with("Content-Type", "text/plain; charset=utf-8")
	a.body = []byte(words + "\n")
	return a
}

// refusal is an answer with a DAV:error body (RFC 4918 §16) that names the
// precondition that failed.
func refusal(code int, precondition xml.Name) answer {
	return refusalNaming(code, precondition, "")
}

// refusalNaming is a refusal whose precondition names a resource.
func refusalNaming(code int, precondition xml.Name, href string) answer {
	var b bytes.Buffer
	b.WriteString(xml.Header + "<d:error" + namespaces + ">")
	inner := ""
	if href != "" {
		inner = "<d:href>" + escapeText(href) + "</d:href>"
	}
	writeElement(&b, precondition, inner)
	b.WriteString("</d:error>")
	a := status(code).with("Content-Type", "application/xml; charset=utf-8")
	a.body = b.Bytes()
	return a
}

// smallest body that is worth compressing.
const gzipFrom = 1024

// write sends a, compressed when the client takes that, and returns the size of
// the body on the wire.
func (a answer) write(w http.ResponseWriter, r *http.Request) int {
	for key, values := range a.header {
		w.Header()[key] = values
	}
	body := a.body
	if len(body) >= gzipFrom && acceptsGzip(r) {
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed) // The level is a valid one.
		z.Write(body)                                   // A bytes.Buffer takes everything.
		z.Close()
		body = b.Bytes()
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Add("Vary", "Accept-Encoding")
	}
	if a.status != http.StatusNoContent && a.status != http.StatusNotModified {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(a.status)
	if r.Method == http.MethodHead || len(body) == 0 {
		return 0
	}
	n, _ := w.Write(body) // A client that is gone is no concern of the server.
	return n
}

// acceptsGzip reads Accept-Encoding (RFC 9110 §12.5.3) as far as gzip goes.
func acceptsGzip(r *http.Request) bool {
	for _, header := range r.Header.Values("Accept-Encoding") {
		for item := range strings.SplitSeq(header, ",") {
			coding, parameter, _ := strings.Cut(item, ";")
			q := strings.ReplaceAll(parameter, " ", "")
			if strings.EqualFold(strings.TrimSpace(coding), "gzip") && strings.Trim(q, "0.") != "q=" {
				return true
			}
		}
	}
	return false
}
