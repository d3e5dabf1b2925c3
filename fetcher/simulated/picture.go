package simulated

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

var sizePattern = regexp.MustCompile(`/w(\d+)h(\d+)/`)

// pictureSize reads the size that a picture's path tells.
func pictureSize(path string) (w, h int) {
	if m := sizePattern.FindStringSubmatch(path); m != nil {
		w, _ = strconv.Atoi(m[1])
		h, _ = strconv.Atoi(m[2])
	}
	return w, h
}

// pictureAnswer is a picture of one colour, so that a page looks whole in a
// browser.
func pictureAnswer(path string) *answer {
	if !strings.HasSuffix(path, ".png") {
		return notFound(http.StatusNotFound)
	}
	w, h := pictureSize(path)
	if w == 0 {
		w, h = 74, 74
	}
	var d dice
	for _, c := range []byte(path) {
		d = dice(d.next() ^ uint64(c))
	}
	shade := color.RGBA{uint8(90 + d.n(120)), uint8(90 + d.n(120)), uint8(90 + d.n(120)), 255}
	img := image.NewPaletted(image.Rect(0, 0, min(w, 1200), min(h, 800)), color.Palette{shade})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return &answer{kind: "image/png", body: b.Bytes(), fresh: "max-age=86400", plain: true}
}
