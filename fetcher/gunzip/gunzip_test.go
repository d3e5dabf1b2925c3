package gunzip

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	klauspost "github.com/klauspost/compress/gzip"
)

// samples are texts that packers treat in different ways.
func samples() map[string][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 100_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	var chinese, skewed strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&chinese, "%c", 0x4e00+r.IntN(1+i%3000))
		skewed.WriteByte(byte(r.ExpFloat64() * 12)) // codes of all lengths
		if i%100 == 0 {
			fmt.Fprintf(&chinese, `</p><p><a href="https://example.org/%d">`, r.IntN(1000))
		}
	}
	return map[string][]byte{
		"empty": {}, "byte": []byte("x"), "short": []byte("hello, hello, hello"), "noise": noise,
		"run": bytes.Repeat([]byte("a"), 300_000), "pairs": bytes.Repeat([]byte("ab"), 70_000), "period": bytes.Repeat([]byte("0123456"), 9000),
		"far":     append(append(bytes.Clone(noise[:32_000]), bytes.Repeat([]byte{0}, 700)...), noise[:32_000]...),
		"chinese": []byte(chinese.String()), "skewed": []byte(skewed.String()),
	}
}

// TestUnpack: what any packer packs at any level comes out as it was.
func TestUnpack(t *testing.T) {
	room := make([]byte, 70_000) // enough for some, with what others left in it
	for name, text := range samples() {
		for level := gzip.HuffmanOnly; level <= gzip.BestCompression; level++ {
			var a, b bytes.Buffer
			wa, _ := gzip.NewWriterLevel(&a, level) // the levels are all good
			wb, _ := klauspost.NewWriterLevel(&b, level)
			wa.Name, wa.Comment, wa.Extra = "feed.xml", "none", []byte("extra")
			for _, w := range []io.WriteCloser{wa, wb} {
				half := len(text) / 2
				_, _ = w.Write(text[:half]) // to memory
				_ = w.(interface{ Flush() error }).Flush()
				_, _ = w.Write(text[half:])
				_ = w.Close()
			}
			for packer, packed := range map[string][]byte{"standard": a.Bytes(), "klauspost": b.Bytes()} {
				got, ok := Unpack(room, packed, int64(len(text)))
				if !ok || !bytes.Equal(got, text) {
					t.Errorf("%s by %s at level %d: %t, %d bytes of %d", name, packer, level, ok, len(got), len(text))
				}
				if _, ok := Unpack(nil, packed, int64(len(text))-1); ok {
					t.Errorf("%s: longer than the limit", name)
				}
			}
		}
	}
}

// TestUnpackBroken: what is cut short, has a wrong bit, or claims to be longer than it
// can be, is not unpacked.
func TestUnpackBroken(t *testing.T) {
	text := samples()["chinese"][:5000]
	packed := pack(text)
	for n := range packed {
		if _, ok := Unpack(nil, packed[:n], 1<<20); ok {
			t.Fatalf("unpacked of the first %d bytes of %d", n, len(packed))
		}
	}
	for i := range packed {
		bad := bytes.Clone(packed)
		bad[i] ^= 1 << (i % 8)
		if got, ok := Unpack(nil, bad, 1<<20); ok && !bytes.Equal(got, text) {
			t.Fatalf("byte %d is wrong, and so is what comes out", i)
		}
	}
	claim := bytes.Clone(packed)
	binary.LittleEndian.PutUint32(claim[len(claim)-4:], 1<<30)
	if _, ok := Unpack(nil, claim, 1<<40); ok {
		t.Error("a gigabyte of a few kilobytes")
	}
	if _, ok := Unpack(nil, append(bytes.Clone(packed), packed...), 1<<20); ok {
		t.Error("two members: another reader's business")
	}
}

func pack(text []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(text) // to memory
	_ = w.Close()
	return b.Bytes()
}

// FuzzUnpack: what is unpacked is what the standard library unpacks. The frame is made
// good, so that the data is looked at.
func FuzzUnpack(f *testing.F) {
	for _, text := range samples() {
		packed := pack(text[:min(len(text), 2000)])
		f.Add(packed[10:len(packed)-8], text[:min(len(text), 2000)])
	}
	f.Add([]byte{0x05, 0xe0, 0x03}, []byte("x")) // codes that are not complete
	f.Fuzz(func(t *testing.T, data, text []byte) {
		for _, packed := range [][]byte{framed(data), pack(text)} {
			got, ok := Unpack(nil, packed, 1<<20)
			r, err := gzip.NewReader(bytes.NewReader(packed))
			if err != nil {
				t.Fatal(err)
			}
			want, err := io.ReadAll(r)
			if ok && (err != nil || !bytes.Equal(got, want)) {
				t.Fatalf("%d bytes, want %d, %v", len(got), len(want), err)
			}
		}
		if got, ok := Unpack(nil, pack(text), 1<<20); !ok || !bytes.Equal(got, text) {
			t.Fatalf("%t, %d bytes of %d", ok, len(got), len(text))
		}
	})
}

// framed is deflate data in a good frame, if the standard library can read it.
func framed(data []byte) []byte {
	packed := append([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0}, data...)
	packed = append(packed, make([]byte, 8)...)
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return packed
	}
	text, _ := io.ReadAll(r) // the checksum is wrong yet
	again := pack(text)
	copy(packed[len(packed)-8:], again[len(again)-8:])
	return packed
}

// BenchmarkUnpack compares with the readers of the libraries, on a text that packs as
// news do: to half.
func BenchmarkUnpack(b *testing.B) {
	text := samples()["chinese"]
	packed := pack(text)
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		room := make([]byte, len(text)+margin)
		for b.Loop() {
			if _, ok := Unpack(room, packed, 1<<20); !ok {
				b.Fatal("not unpacked")
			}
		}
	})
	for name, open := range map[string]func() (io.Reader, error){
		"standard":  func() (io.Reader, error) { return gzip.NewReader(bytes.NewReader(packed)) },
		"klauspost": func() (io.Reader, error) { return klauspost.NewReader(bytes.NewReader(packed)) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				r, err := open()
				if err != nil {
					b.Fatal(err)
				}
				out := bytes.NewBuffer(make([]byte, 0, len(text)+bytes.MinRead))
				if _, err := out.ReadFrom(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
