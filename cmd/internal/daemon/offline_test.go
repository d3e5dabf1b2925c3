package daemon

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"
)

// TestMute: a resolver that is not there is told from one that cannot find a name,
// or does not want to be asked.
func TestMute(t *testing.T) {
	answering, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer answering.Close()
	go refuse(answering)
	closed, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, tc := range []struct {
		name string
		at   net.Addr
		want bool
	}{
		{"nobody is there", closed.LocalAddr(), true},
		{"it refuses", answering.LocalAddr(), false},
	} {
		resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "udp", tc.at.String())
		}}
		_, err := resolver.LookupHost(t.Context(), "feeds.example.net.")
		if err == nil {
			t.Fatalf("%s: it knows the name", tc.name)
		}
		if got := mute(t.Context(), resolver, err); got != tc.want {
			t.Errorf("%s: %t after %v", tc.name, got, err)
		}
		// A name that timed out is its own server's fault if the resolver answers.
		late := &net.DNSError{Err: "i/o timeout", Name: "feeds.example.net", IsTimeout: true}
		if got := mute(t.Context(), resolver, late); got != tc.want {
			t.Errorf("%s, after a timeout: %t", tc.name, got)
		}
		if mute(t.Context(), resolver, &net.DNSError{Err: "no such host", Name: "feeds.example.net", IsNotFound: true}) {
			t.Errorf("%s: the name is not there", tc.name)
		}
	}
	if offline(t.Context(), errors.New("connection refused")) {
		t.Error("a host that refuses is not our link")
	}
}

// refuse answers every question so (RFC 1035 §4.1.1).
func refuse(conn net.PacketConn) {
	question := make([]byte, 512)
	for {
		n, from, err := conn.ReadFrom(question)
		if err != nil {
			return
		}
		answer := question[:n]
		answer[2], answer[3] = answer[2]|0x80, 5
		_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = conn.WriteTo(answer, from)
	}
}
