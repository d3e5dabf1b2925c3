package fetcher

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// Apart reads JSON documents in processes of their own. A jq expression can make
// more of a document than there is memory, and some do in one step that nothing
// within a process can stop: "x" * 1e9, .[5e8] = 1, gsub("";"x") of a long text.
// Only the system can bound that, and only of a whole process. One reads one document
// and takes some 20 ms to start.
type Apart struct {
	path  string
	args  []string
	slots chan struct{}
}

const (
	// apartMemory is how much a process may have beside what it begins with: the
	// largest document of the default max_body fits in, three times over. Only Linux
	// keeps to it; elsewhere time alone bounds what an expression does.
	apartMemory = 256 << 20
	apartReply  = 32 << 20
	apartAtOnce = 2
)

// NewApart starts its processes by a command, whose first argument is the name
// that it is called by. The command must call [ServeApart].
func NewApart(path string, args ...string) *Apart {
	return &Apart{path: path, args: args, slots: make(chan struct{}, apartAtOnce)}
}

// question is what a process is asked.
type question struct {
	Rules Rules
	Body  []byte
	Limit int
}

// reply is its answer.
type reply struct {
	Rows   []map[string][]string
	Reason Reason
	Err    string // empty if all went well
}

// enter waits until there is memory for one process more.
func (a *Apart) enter() { a.slots <- struct{}{} }

func (a *Apart) leave() { <-a.slots }

// rows is that of the expressions of the rules.
func (a *Apart) rows(rules *Rules, body []byte, limit int) ([]row, error) {
	ctx, cancel := context.WithTimeout(context.Background(), jqTimeout+2*time.Second)
	defer cancel()
	var in bytes.Buffer
	if err := gob.NewEncoder(&in).Encode(question{*rules, body, limit}); err != nil {
		return nil, err
	}
	var said beginning
	var out listful
	cmd := exec.CommandContext(ctx, a.path)
	cmd.Args, cmd.Stdin, cmd.Stdout, cmd.Stderr = a.args, &in, &out, &said
	cmd.Env = append(os.Environ(), "GOTRACEBACK=none")
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, tooLong()
	case out.over:
		return nil, &Error{Reason: ReasonParse, Err: fmt.Errorf("the jq expressions yield more than %d MB", apartReply>>20)}
	case err != nil:
		return nil, died(err, said.buf.String())
	}
	var r reply
	if err := gob.NewDecoder(&out.buf).Decode(&r); err != nil {
		return nil, fmt.Errorf("reading apart: %w", err)
	}
	if r.Err != "" {
		return nil, &Error{Reason: r.Reason, Err: errors.New(r.Err)}
	}
	rows := make([]row, len(r.Rows))
	for i, m := range r.Rows {
		rows[i] = m
	}
	return rows, nil
}

// noMemory is what Go, C and the race detector say when they are refused memory.
var noMemory = regexp.MustCompile(`out of memory|cannot allocate memory|pthread_create failed|failed to create new OS thread|failed to allocate|address space collisions|stack overflow`)

// died says why a process has not answered.
func died(err error, said string) error {
	if noMemory.MatchString(said) {
		return &Error{Reason: ReasonParse, Err: fmt.Errorf("the jq expressions make more of the document than %d MB of memory hold", apartMemory>>20)}
	}
	said, _, _ = strings.Cut(said, "\n")
	return fmt.Errorf("the process that reads JSON failed: %w: %s", err, said)
}

// listful takes only as much of an answer as a list can be.
type listful struct {
	buf  bytes.Buffer // not embedded: its ReadFrom would take everything
	over bool
}

func (l *listful) Write(p []byte) (int, error) {
	if l.over = l.over || l.buf.Len()+len(p) > apartReply; l.over {
		return 0, bytes.ErrTooLarge
	}
	return l.buf.Write(p)
}

// beginning keeps the beginning of what a process says.
type beginning struct{ buf bytes.Buffer }

func (b *beginning) Write(p []byte) (int, error) {
	b.buf.Write(p[:min(len(p), max(0, 4<<10-b.buf.Len()))])
	return len(p), nil
}

// ServeApart is the process of an [Apart]. It returns its exit code.
func ServeApart(in io.Reader, out io.Writer) int {
	if err := boundMemory(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	// What ends the program ends this by itself, once the list is read or given up.
	signal.Ignore(os.Interrupt, syscall.SIGTERM)
	var q question
	if err := gob.NewDecoder(in).Decode(&q); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := gob.NewEncoder(out).Encode(q.answer()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func (q *question) answer() (r reply) {
	x, err := newExpressions(&q.Rules)
	var rows []row
	if err == nil {
		rows, err = x.rows(q.Body, q.Limit)
	}
	if err != nil {
		e := fail("", err)
		return reply{Reason: e.Reason, Err: e.Err.Error()}
	}
	for _, row := range rows {
		r.Rows = append(r.Rows, row)
	}
	return r
}
