//go:build ignore

// Test runs `go test` with its arguments and prints what it prints, and at the
// end, which tests were skipped and why; `go test` alone keeps that to itself.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// event is a line of `go test -json` (see `go doc test2json`).
type event struct {
	Action, Package, Test, Output string
}

// name says which test it is about; the package itself has no Test.
type name struct{ pkg, test string }

func main() {
	tool := os.Getenv("GO")
	if tool == "" {
		tool = "go"
	}
	cmd := exec.Command(tool, append([]string{"test", "-json", "-timeout=14m"}, os.Args[1:]...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	said := map[name][]string{}
	var skipped []string
	for lines := json.NewDecoder(out); ; {
		var e event
		if err := lines.Decode(&e); err != nil {
			break // The end, or what `go test` says of itself, which is its status.
		}
		skipped = append(skipped, tell(e, said)...)
	}
	if len(skipped) > 0 {
		fmt.Printf("\n%d skipped:\n%s", len(skipped), strings.Join(skipped, ""))
	}
	var failed *exec.ExitError
	switch err := cmd.Wait(); {
	case errors.As(err, &failed):
		os.Exit(max(failed.ExitCode(), 1))
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// tell keeps what a test says until its end is known, prints it if the test
// failed, and returns it if the test was skipped.
func tell(e event, said map[name][]string) (skipped []string) {
	n := name{e.Package, e.Test}
	switch {
	case e.Action == "build-output":
		fmt.Print(e.Output)
	case e.Action == "output":
		if !strings.HasPrefix(e.Output, "=== ") {
			said[n] = append(said[n], e.Output)
		}
	case e.Test == "" && (e.Action == "pass" || e.Action == "skip"):
		fmt.Print(last(said[n]))
	case e.Test == "" && e.Action == "fail":
		for other, lines := range said { // The tests that a panic or a time limit ended.
			if other.pkg == e.Package && other.test != "" {
				fmt.Print(strings.Join(lines, ""))
			}
		}
		fmt.Print(strings.Join(said[n], ""))
	case e.Action == "fail":
		fmt.Print(strings.Join(said[n], ""))
		delete(said, n)
	case e.Action == "skip":
		skipped = append(skipped, fmt.Sprintf("%s %s\n%s", e.Package, e.Test, reason(said[n])))
		delete(said, n)
	case e.Action == "pass":
		delete(said, n)
	}
	return skipped
}

// last returns the line that sums a package up.
func last(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return lines[len(lines)-1]
}

// reason returns what a skipped test said, without the line that it was skipped.
func reason(lines []string) string {
	var b strings.Builder
	for _, l := range lines {
		if !strings.HasPrefix(strings.TrimSpace(l), "--- SKIP") {
			b.WriteString(l)
		}
	}
	return b.String()
}
