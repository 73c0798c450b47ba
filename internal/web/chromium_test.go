package web

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// chromium drives a headless browser over its debugging pipe (the Chrome
// DevTools Protocol, messages ended by NUL), which needs no other module.
type chromium struct {
	t       testing.TB
	to      *os.File
	mu      sync.Mutex
	id      int
	session string
	answers map[int]chan answer
	events  chan event
	asked   []string // addresses that pages asked for
}

type answer struct {
	Result json.RawMessage
	Error  *struct{ Message string }
}

type event struct {
	Method string
	Params json.RawMessage
}

// browserPath returns the path of Chromium and installs it where that is
// possible without asking anybody; else the test is skipped with the reason.
func browserPath(t testing.TB) string {
	t.Helper()
	names := []string{"chromium", "chromium-browser", "google-chrome"}
	find := func() string {
		for _, name := range names {
			if path, err := exec.LookPath(name); err == nil {
				return path
			}
		}
		return ""
	}
	if path := find(); path != "" {
		return path
	}
	if _, err := exec.LookPath("apt-get"); err != nil || os.Geteuid() != 0 {
		t.Skipf("no browser: none of %q is installed, and only root on Debian can install one here", names)
	}
	for _, args := range [][]string{{"update"}, {"install", "-y", "--no-install-recommends", "chromium"}} {
		if out, err := exec.Command("apt-get", args...).CombinedOutput(); err != nil {
			t.Skipf("no browser: apt-get %q: %v\n%s", args, err, out)
		}
	}
	path := find()
	if path == "" {
		t.Fatal("Chromium was installed but cannot be found")
	}
	return path
}

// intranet is a name by which the browser reaches this machine. Unlike of
// 127.0.0.1, browsers do not think that plain HTTP to it is safe.
const intranet = "agenda.example.org"

// startChromium opens one page in a browser with a profile of its own, which
// ends with the test.
func startChromium(t testing.TB) *chromium {
	t.Helper()
	path := browserPath(t)
	toRead, toWrite, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	fromRead, fromWrite, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	profile, err := os.MkdirTemp("", "browser")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path,
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--remote-debugging-pipe",
		"--host-resolver-rules=MAP "+intranet+" 127.0.0.1",
		"--user-data-dir="+filepath.Join(profile, "p"), "about:blank")
	cmd.ExtraFiles = []*os.File{toRead, fromWrite} // 3 and 4 in the browser
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	toRead.Close()
	fromWrite.Close()
	c := &chromium{t: t, to: toWrite, answers: map[int]chan answer{}, events: make(chan event, 1000)}
	done := make(chan struct{})
	go func() { defer close(done); c.read(fromRead) }()
	t.Cleanup(func() {
		toWrite.Close() // the browser ends with its pipe
		timer := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		timer.Stop()
		fromRead.Close()
		<-done
		os.RemoveAll(profile)
	})
	var targets struct {
		TargetInfos []struct{ TargetID, Type string }
	}
	c.call("Target.getTargets", nil, &targets)
	for _, info := range targets.TargetInfos {
		if info.Type != "page" {
			continue
		}
		var attached struct{ SessionID string }
		c.call("Target.attachToTarget", map[string]any{"targetId": info.TargetID, "flatten": true}, &attached)
		c.session = attached.SessionID
		return c
	}
	t.Fatal("the browser opened no page")
	return nil
}

func (c *chromium) read(from *os.File) {
	s := bufio.NewScanner(from)
	s.Buffer(nil, 64<<20)
	s.Split(func(data []byte, _ bool) (int, []byte, error) {
		for i, b := range data {
			if b == 0 {
				return i + 1, data[:i], nil
			}
		}
		return 0, nil, nil
	})
	for s.Scan() {
		var m struct {
			ID int
			answer
			event
		}
		if json.Unmarshal(s.Bytes(), &m) != nil {
			continue
		}
		if m.ID == 0 {
			c.note(m.event)
			select {
			case c.events <- m.event:
			default:
			}
			continue
		}
		c.mu.Lock()
		ch := c.answers[m.ID]
		delete(c.answers, m.ID)
		c.mu.Unlock()
		if ch != nil {
			ch <- m.answer
		}
	}
}

// note keeps the addresses that pages ask for.
func (c *chromium) note(e event) {
	var p struct{ Request struct{ URL string } }
	if e.Method != "Network.requestWillBeSent" || json.Unmarshal(e.Params, &p) != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, p.Request.URL)
}

// call sends a command and stores its result.
func (c *chromium) call(method string, params map[string]any, result any) {
	c.t.Helper()
	ch := make(chan answer, 1)
	c.mu.Lock()
	c.id++
	m := map[string]any{"id": c.id, "method": method}
	c.answers[c.id] = ch
	c.mu.Unlock()
	if params != nil {
		m["params"] = params
	}
	if c.session != "" {
		m["sessionId"] = c.session
	}
	b, err := json.Marshal(m)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.to.Write(append(b, 0)); err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
	select {
	case a := <-ch:
		if a.Error != nil {
			c.t.Fatalf("%s: %s", method, a.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(a.Result, result); err != nil {
				c.t.Fatalf("%s: %v", method, err)
			}
		}
	case <-time.After(30 * time.Second):
		c.t.Fatalf("%s: the browser did not answer", method)
	}
}

// open loads the address and returns when it has been laid out.
func (c *chromium) open(address string) {
	c.t.Helper()
	c.call("Page.enable", nil, nil)
	for len(c.events) > 0 {
		<-c.events
	}
	var nav struct{ ErrorText string }
	c.call("Page.navigate", map[string]any{"url": address}, &nav)
	if nav.ErrorText != "" {
		c.t.Fatalf("opening %s: %s", address, nav.ErrorText)
	}
	c.loaded(address)
}

// click presses what the CSS selector finds, and returns when the page to which
// that leads has been laid out.
func (c *chromium) click(selector string) {
	c.t.Helper()
	for len(c.events) > 0 {
		<-c.events
	}
	eval[any](c, fmt.Sprintf("document.querySelector(%q).click()", selector))
	c.loaded(selector)
}

func (c *chromium) loaded(what string) {
	c.t.Helper()
	limit := time.After(30 * time.Second)
	for {
		select {
		case e := <-c.events:
			if e.Method == "Page.loadEventFired" {
				return
			}
		case <-limit:
			c.t.Fatalf("opening %s: the page was never complete", what)
		}
	}
}

// eval returns the value of a JavaScript expression as JSON. It works in the
// debugger's world, whatever the page forbids.
func eval[T any](c *chromium, expression string) T {
	c.t.Helper()
	var r struct {
		Result           struct{ Value T }
		ExceptionDetails *struct{ Text string }
	}
	c.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true}, &r)
	if r.ExceptionDetails != nil {
		c.t.Fatal(fmt.Errorf("%s: %s", expression, r.ExceptionDetails.Text))
	}
	return r.Result.Value
}

// screen sets the size of the screen and the medium ("screen", "print"), light or dark.
func (c *chromium) screen(width, height int, medium, scheme string) {
	c.t.Helper()
	c.call("Emulation.setDeviceMetricsOverride", map[string]any{
		"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
	}, nil)
	c.call("Emulation.setEmulatedMedia", map[string]any{
		"media": medium, "features": []any{map[string]any{"name": "prefers-color-scheme", "value": scheme}},
	}, nil)
}

// picture writes what the whole page looks like to file.
func (c *chromium) picture(file string) {
	c.t.Helper()
	var shot struct{ Data []byte }
	c.call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true}, &shot)
	if err := os.WriteFile(file, shot.Data, 0o600); err != nil {
		c.t.Fatal(err)
	}
}
