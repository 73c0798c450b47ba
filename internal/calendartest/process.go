package calendartest

import (
	"bufio"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"
)

// python is Debian's own interpreter, the one that has the modules of Debian's
// packages. Another python3 in the PATH has not.
const python = "/usr/bin/python3"

// startTimeout bounds the wait for a server that neither comes up nor ends.
const startTimeout = 60 * time.Second

// listening is what both servers say when they take connections.
var listening = regexp.MustCompile(`Listening on '\[?127\.0\.0\.1\]?:(\d+)`)

// process is a server that runs until its standard input is closed, so that it
// does not outlive a test that is killed.
type process struct {
	stdin io.Closer
	done  chan struct{} // closed when the process has ended
	port  string        // the port of 127.0.0.1 on which it listens

	mu   sync.Mutex
	last []string // the last lines it said
}

// start runs a command and waits until it says where it listens. A port of "0"
// in its arguments makes it choose a free one, so that servers of tests that
// run at the same time cannot clash.
func start(t TB, name string, args ...string) *process {
	t.Helper()
	cmd := exec.Command(name, args...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatalf("starting %s: %v", name, err)
	}
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatalf("starting %s: %v", name, err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting %s: %v", name, err)
	}
	p := &process{stdin: stdin, done: make(chan struct{})}
	up := make(chan string, 1)
	go func() {
		defer close(p.done)
		p.listen(said, up)
		cmd.Wait() // Its status does not matter: it ends when it is told to.
	}()
	select {
	case p.port = <-up:
		return p
	case <-p.done:
		t.Fatalf("%s ended at once; it said:\n%s", name, p.words())
	case <-time.After(startTimeout):
		p.stop()
		t.Fatalf("%s does not listen after %v; it said:\n%s", name, startTimeout, p.words())
	}
	return nil
}

// listen keeps what the process says, and sends the port when it hears it.
func (p *process) listen(said io.Reader, up chan<- string) {
	const kept = 200
	lines := bufio.NewReader(said)
	heard := false
	for {
		line, err := lines.ReadString('\n')
		if m := listening.FindStringSubmatch(line); m != nil && !heard {
			heard = true
			up <- m[1]
		}
		p.mu.Lock()
		if p.last = append(p.last, line); len(p.last) > 2*kept {
			p.last = append(p.last[:0], p.last[kept:]...)
		}
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (p *process) words() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.last, "")
}

// stop ends the process and waits until it is gone.
func (p *process) stop() {
	p.stdin.Close()
	<-p.done
}

func (p *process) url() string { return fmt.Sprintf("http://127.0.0.1:%s/", p.port) }
