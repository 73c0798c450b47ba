package web

import (
	"context"
	"flag"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/agenda"
)

var pictures = flag.String("pictures", "", "a folder for pictures of the pages, to look at")

// TestPagesInABrowser opens every kind of page on a telephone and on a desk, in
// light and in dark and on paper.
func TestPagesInABrowser(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	h := New(testOptions(t))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.URL.Path)
		mu.Unlock()
		h.ServeHTTP(w, r)
	}))
	defer server.Close()
	c := startChromium(t)
	c.call("Network.enable", nil, nil)
	for _, size := range []struct {
		name          string
		width, height int
		medium        string
		scheme        string
	}{
		{"phone", 360, 800, "screen", "light"},
		{"phone-dark", 390, 844, "screen", "dark"},
		{"desk", 1280, 900, "screen", "light"},
		{"desk-dark", 1280, 900, "screen", "dark"},
		{"paper", 794, 1123, "print", "light"},
	} {
		for name, path := range testPaths() {
			t.Run(size.name+"/"+name, func(t *testing.T) {
				c.t = t
				c.screen(size.width, size.height, size.medium, size.scheme)
				c.open(server.URL + path)
				if *pictures != "" {
					c.picture(filepath.Join(*pictures, size.name+"-"+name+".png"))
				}
				checkPage(c, size.width, size.medium)
			})
		}
	}
	c.t = t
	mu.Lock()
	defer mu.Unlock()
	for _, path := range asked {
		if path != "/" && path != "/favicon.ico" && !strings.HasPrefix(path, "/a/") {
			t.Errorf("a page asked for %s", path)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.asked) < len(testPaths()) {
		t.Errorf("the browser told of %d requests only", len(c.asked))
	}
	for _, address := range c.asked {
		if !strings.HasPrefix(address, server.URL+"/") {
			t.Errorf("a page asked for %s, which is elsewhere", address)
		}
	}
}

// TestPressInABrowser presses the buttons, over an address that browsers trust
// and over one that they do not, where they tell less of where a form comes from.
func TestPressInABrowser(t *testing.T) {
	o := testOptions(t)
	start := testMeetings(t)["report"].Start
	var mu sync.Mutex
	var pressed []Press
	o.Page = func(context.Context, string) (agenda.Page, bool, error) {
		mu.Lock()
		defer mu.Unlock()
		r := agenda.Running{Start: start, End: start.Add(30 * time.Minute)}
		if n := len(pressed); n > 0 && !pressed[n-1].Mistake {
			r.Took, r.NotedAt = 25*time.Minute, start.Add(25*time.Minute)
		}
		p := agenda.Next(testMeetings(t)["report"])
		p.Ending = agenda.EndingOf(r, start.Add(25*time.Minute))
		return p, true, nil
	}
	o.Press = func(_ context.Context, _ string, p Press) (bool, bool, error) {
		mu.Lock()
		defer mu.Unlock()
		pressed = append(pressed, p)
		return true, true, nil
	}
	server := httptest.NewServer(New(o))
	defer server.Close()
	c := startChromium(t)
	c.screen(390, 844, "screen", "light")
	for _, base := range []string{server.URL, strings.Replace(server.URL, "127.0.0.1", intranet, 1)} {
		mu.Lock()
		pressed = nil
		mu.Unlock()
		c.open(base + "/a/running" + filler)
		c.click("button")
		if text := eval[string](c, "document.querySelector('#done').innerText"); !strings.Contains(text, "took 25 minutes") {
			t.Fatalf("%s: after pressing the page says %q", base, eval[string](c, "document.body.innerText"))
		}
		if y := eval[float64](c, "document.querySelector('#done h2').getBoundingClientRect().top"); y < 0 || y > 844 {
			t.Errorf("%s: what was noted stands at %.0f px, out of sight", base, y)
		}
		c.open(base + "/a/running" + filler) // loading it again presses nothing
		c.click("button")
		if label := eval[string](c, "document.querySelector('button').innerText"); label != "We are done" {
			t.Errorf("%s: after a mistake the button says %q", base, label)
		}
		mu.Lock()
		got := pressed
		mu.Unlock()
		if d := cmp.Diff([]Press{{Meeting: start.UTC()}, {Meeting: start.UTC(), Mistake: true}}, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", base, d)
		}
	}
}

// checkPage proves what holds for the page in the browser on any screen.
func checkPage(c *chromium, width int, medium string) {
	c.t.Helper()
	if w := eval[int](c, "document.documentElement.scrollWidth"); w > width {
		c.t.Errorf("the page is %d px wide on a screen of %d", w, width)
	}
	over := `[...document.body.querySelectorAll("*")].filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0).map(e => e.outerHTML.slice(0, 80))`
	if found := eval[[]string](c, over); len(found) > 0 {
		c.t.Errorf("text runs out of %q", found)
	}
	if title := eval[string](c, "document.title"); title == "" {
		c.t.Error("the page has no title")
	}
	if n := eval[int](c, `document.querySelectorAll("h1").length`); n != 1 {
		c.t.Errorf("%d headings of the first order", n)
	}
	if n := eval[int](c, `document.querySelectorAll("script, img, iframe, link, [src], [action], [formaction], [onload], [style]").length`); n > 0 {
		c.t.Errorf("%d elements that load, run or style something", n)
	}
	if limit := eval[string](c, "getComputedStyle(document.body).maxWidth"); medium == "screen" && limit == "none" {
		c.t.Error("the policy keeps the page's own style away")
	}
	if ratio := eval[float64](c, contrast); ratio < 4.5 {
		c.t.Errorf("a text has a contrast of %.1f, less than WCAG 2 AA asks for", ratio)
	}
}

// contrast computes the smallest contrast (WCAG 2.2, 1.4.3) of any visible text
// to the background it stands on.
const contrast = `(() => {
  const parse = c => c.match(/[\d.]+/g).map(Number);
  const lum = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  let least = 21;
  for (const e of document.body.querySelectorAll("*")) {
    if (![...e.childNodes].some(n => n.nodeType == 3 && n.data.trim()) || !e.getClientRects().length) continue;
    const [a, b] = [lum(parse(getComputedStyle(e).color)), lum(ground(e))].sort((x, y) => y - x);
    least = Math.min(least, (a + .05) / (b + .05));
  }
  return least;
})()`
