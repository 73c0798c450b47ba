package google

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"oneonone/internal/calendar"
)

// canned answers every request with the same page.
type canned []byte

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(bytes.NewReader(c)), Request: r}, nil
}

// BenchmarkFirstPull reads a page of 2,500 series, without a network. The budget
// slows it down after its burst, 60 rounds.
func BenchmarkFirstPull(b *testing.B) {
	var page strings.Builder
	page.WriteString(`{"nextSyncToken":"x","items":[`)
	for i := range pageSize {
		if i > 0 {
			page.WriteString(",")
		}
		page.WriteString(strings.Replace(weekly, "weekly0001", fmt.Sprintf("weekly%04d", i), 1))
	}
	page.WriteString("]}")
	c, err := New(Options{Account: "ann", Credential: userFile(b, "x", "x"), Transport: canned(page.String()), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(page.Len()))
	for b.Loop() {
		ch, err := c.Pull(context.Background(), ann, calendar.Since{})
		if err != nil || len(ch.Changed) != pageSize {
			b.Fatalf("%d events, %v", len(ch.Changed), err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	r := resource(weekly)
	for b.Loop() {
		if _, err := (*Client)(nil).Parse(r, zoneVienna); err != nil {
			b.Fatal(err)
		}
	}
}
