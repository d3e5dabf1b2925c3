package web

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"
)

// chromium is a headless browser, driven by the DevTools protocol over a pipe: JSON
// messages with a NUL after each.
type chromium struct {
	t       *testing.T
	in      *os.File
	id      atomic.Int64
	replies chan message
	events  chan message
}

type message struct {
	ID        int64           `json:"id"`
	Method    string          `json:"method"`
	Params    json.RawMessage `json:"params"`
	Result    json.RawMessage `json:"result"`
	Error     *struct{ Message string }
	SessionID string `json:"sessionId"`
}

// newChromium starts the browser of the system, or skips the test where there is
// none. It can reach nothing but this machine.
func newChromium(t *testing.T) *chromium {
	t.Helper()
	name := ""
	for _, n := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(n); err == nil {
			name = path
			break
		}
	}
	if name == "" {
		t.Skip("no Chromium here: install Debian's package chromium, as .ci/run does")
	}
	args := []string{
		"--headless", "--remote-debugging-pipe", "--user-data-dir=" + t.TempDir(), "--no-first-run", "--disable-gpu",
		"--disable-dev-shm-usage", "--disable-extensions", "--hide-scrollbars", "--force-color-profile=srgb",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
	}
	if os.Geteuid() == 0 { // root has no sandbox
		args = append(args, "--no-sandbox")
	}
	toR, toW, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	fromR, fromW, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name, args...)
	cmd.ExtraFiles = []*os.File{toR, fromW} // 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	toR.Close()
	fromW.Close()
	c := &chromium{t: t, in: toW, replies: make(chan message, 16), events: make(chan message, 4096)}
	go c.read(fromR)
	t.Cleanup(func() {
		_ = c.send("", "Browser.close", nil)
		ended := make(chan struct{})
		go func() { _ = cmd.Wait(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
		toW.Close()
		fromR.Close()
	})
	return c
}

func (c *chromium) read(from *os.File) {
	defer close(c.replies)
	for r := bufio.NewReader(from); ; {
		data, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(bytes.TrimRight(data, "\x00"), &m) != nil {
			continue
		}
		if m.ID > 0 {
			c.replies <- m
			continue
		}
		select {
		case c.events <- m:
		default: // nobody listens
		}
	}
}

func (c *chromium) send(session, method string, params any) error {
	if params == nil {
		params = struct{}{}
	}
	m := map[string]any{"id": c.id.Add(1), "method": method, "params": params}
	if session != "" {
		m["sessionId"] = session
	}
	data, err := json.Marshal(m)
	if err == nil {
		_, err = c.in.Write(append(data, 0))
	}
	return err
}

// patience is how long the browser may take for anything: it starts on machines
// that have much else to do.
const patience = 60 * time.Second

// call calls a method and decodes its result into out, unless that is nil.
func (c *chromium) call(session, method string, params, out any) {
	c.t.Helper()
	if err := c.send(session, method, params); err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
	select {
	case m, ok := <-c.replies:
		switch {
		case !ok:
			c.t.Fatalf("%s: the browser is gone", method)
		case m.Error != nil:
			c.t.Fatalf("%s: %s", method, m.Error.Message)
		case out != nil:
			if err := json.Unmarshal(m.Result, out); err != nil {
				c.t.Fatalf("%s: %v", method, err)
			}
		}
	case <-time.After(patience):
		c.t.Fatalf("%s: no answer", method)
	}
}

// tab is a page in the browser.
type tab struct {
	*chromium
	session string
	// what came of it while it was loaded
	complaints []string
	requests   []string // their kinds and addresses
	status     int
}

// screen is what a page is looked at with.
type screen struct {
	width, height int
	scheme        string // light or dark
}

func (c *chromium) open(s screen) *tab {
	c.t.Helper()
	var target struct{ TargetID string }
	c.call("", "Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	c.call("", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b := &tab{chromium: c, session: attached.SessionID}
	for _, domain := range []string{"Page", "Network", "Log", "Runtime"} {
		b.do(domain+".enable", nil, nil)
	}
	b.do("Page.setLifecycleEventsEnabled", map[string]any{"enabled": true}, nil)
	b.do("Emulation.setDeviceMetricsOverride", map[string]any{
		"width": s.width, "height": s.height, "deviceScaleFactor": 1, "mobile": s.width < 600}, nil)
	b.do("Emulation.setEmulatedMedia", map[string]any{
		"features": []any{map[string]string{"name": "prefers-color-scheme", "value": s.scheme}}}, nil)
	return b
}

func (b *tab) do(method string, params, out any) {
	b.t.Helper()
	b.call(b.session, method, params, out)
}

// visit loads a page, waits until all is there, and tells its status.
func (b *tab) visit(address string) int {
	b.t.Helper()
	b.complaints, b.requests, b.status = nil, nil, 0
	var navigation struct{ LoaderID, ErrorText string }
	b.do("Page.navigate", map[string]any{"url": address}, &navigation)
	for end := time.After(patience); ; {
		select {
		case m := <-b.events:
			if m.SessionID == b.session && b.note(m) == navigation.LoaderID {
				return b.status
			}
		case <-end:
			b.t.Fatalf("%s: not loaded: %s", address, navigation.ErrorText)
		}
	}
}

// note takes down an event. Of one that is the end of loading it tells whose.
func (b *tab) note(m message) (loader string) {
	var p struct {
		Name     string
		LoaderID string
		Type     string
		Request  struct{ URL string }
		Response struct{ Status int }
		Entry    struct{ Source, Level, Text, URL string }
	}
	_ = json.Unmarshal(m.Params, &p)
	switch m.Method {
	case "Network.requestWillBeSent":
		b.requests = append(b.requests, p.Type+" "+p.Request.URL)
	case "Network.responseReceived":
		if p.Type == "Document" {
			b.status = p.Response.Status
		}
	case "Log.entryAdded":
		if p.Entry.Source != "network" { // pictures that cannot be reached here, pages that are 404
			b.complaints = append(b.complaints, p.Entry.Source+": "+p.Entry.Text)
		}
	case "Runtime.exceptionThrown", "Runtime.consoleAPICalled":
		b.complaints = append(b.complaints, string(m.Params))
	}
	if m.Method == "Page.lifecycleEvent" && p.Name == "load" {
		return p.LoaderID
	}
	return ""
}

// eval evaluates an expression in the page.
func (b *tab) eval(expression string, out any) {
	b.t.Helper()
	var result struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct{ Text string }
	}
	b.do("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true}, &result)
	if result.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", expression, result.ExceptionDetails.Text)
	}
	if err := json.Unmarshal(result.Result.Value, out); err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
}

// picture is what the whole page looks like, as PNG.
func (b *tab) picture() []byte {
	b.t.Helper()
	var size struct {
		CSSContentSize struct{ Width, Height float64 }
	}
	b.do("Page.getLayoutMetrics", nil, &size)
	var shot struct{ Data []byte }
	b.do("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true, "clip": map[string]any{
		"x": 0, "y": 0, "width": size.CSSContentSize.Width, "height": min(size.CSSContentSize.Height, 2400), "scale": 1}}, &shot)
	return shot.Data
}

func (s screen) String() string { return fmt.Sprintf("%dx%d-%s", s.width, s.height, s.scheme) }
