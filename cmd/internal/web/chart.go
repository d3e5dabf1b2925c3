package web

import (
	"fmt"
	"math"
	"time"

	"aggregator/cmd/internal/daemon"
)

// chart is a small picture of the last hours: one mark or two an hour, on a grid.
// Its text says the same to those who do not see it.
type chart struct {
	ID, Title, Text string
	Grid            []gridLine
	Ticks           []gridLine
	Marks           []mark
}

// gridLine is where a line and its label are.
type gridLine struct {
	At    float64
	Label string
}

// mark is a box; its title is shown to who points at it.
type mark struct {
	X, Y, W, H   float64
	Class, Title string
}

// The size of a chart, and where within it the marks are: about that of the column
// that it stands in, so that its letters are as large as they should be.
const (
	chartWidth, chartHeight                  = 320, 150
	plotLeft, plotRight, plotTop, plotBottom = 50, 304, 8, 126
)

// newChart has the hours below, and marks for each.
func (p *pages) newChart(id, title string, hours []daemon.Hour) chart {
	c := chart{ID: id, Title: title}
	for i, h := range hours {
		if t := h.Begin.In(p.Zone); t.Hour()%12 == 0 {
			c.Ticks = append(c.Ticks, gridLine{column(i, len(hours)), t.Format("15:04")})
		}
	}
	return c
}

func column(i, n int) float64 {
	return tenth(plotLeft + float64(i)*(plotRight-plotLeft)/float64(n))
}

// tenth keeps the numbers of a drawing short.
func tenth(v float64) float64 { return math.Round(v*10) / 10 }

// box is a mark in the column of an hour between two heights, 0 below and 1 above.
func box(i, n int, from, to float64, class, title string) mark {
	const gap = 1
	top := tenth(plotBottom - to*(plotBottom-plotTop))
	return mark{
		X: column(i, n), Y: top, W: tenth(float64(plotRight-plotLeft)/float64(n) - gap),
		H: tenth(plotBottom - from*(plotBottom-plotTop) - top), Class: class, Title: title,
	}
}

func height(share float64) float64 { return tenth(plotBottom - share*(plotBottom-plotTop)) }

// bars draws a number for each hour.
func (p *pages) bars(c chart, hours []daemon.Hour, class, unit string, count func(daemon.Hour) int) chart {
	most := 0
	for _, h := range hours {
		most = max(most, count(h))
	}
	top := roundUp(most)
	for _, v := range []int{0, top / 2, top} {
		c.Grid = append(c.Grid, gridLine{height(float64(v) / float64(top)), fmt.Sprint(v)})
	}
	for i, h := range hours {
		if n := count(h); n > 0 {
			c.Marks = append(c.Marks, box(i, len(hours), 0, float64(n)/float64(top), class, fmt.Sprintf(unit, p.short(h.Begin), n)))
		}
	}
	return c
}

// roundUp is the next even number of few digits.
func roundUp(n int) int {
	for scale := 2; ; scale *= 10 {
		for _, v := range []int{1, 2, 5} {
			if n <= v*scale {
				return v * scale
			}
		}
	}
}

// fastest is where the scale of latencies begins. It is one of ratios, since
// seconds matter among minutes, and hours among days.
const fastest = 10 * time.Second

// latencies draws for each hour how late half of the articles came, and nine of ten.
func (p *pages) latencies(c chart, hours []daemon.Hour) chart {
	scale := []time.Duration{time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour, 5 * 24 * time.Hour}
	longest := time.Duration(0)
	for _, h := range hours {
		longest = max(longest, h.Most)
	}
	for len(scale) > 3 && longest <= scale[len(scale)-2] {
		scale = scale[:len(scale)-1]
	}
	share := func(d time.Duration) float64 {
		whole := math.Log(float64(scale[len(scale)-1]) / float64(fastest))
		return min(1, math.Log(max(1, float64(d)/float64(fastest)))/whole)
	}
	for _, d := range scale {
		c.Grid = append(c.Grid, gridLine{height(share(d)), p.Words.span(d)})
	}
	const thick = 0.025
	for i, h := range hours {
		if h.Articles == 0 {
			continue
		}
		half, most := share(h.Half), share(h.Most)
		title := fmt.Sprintf(p.Words.LatencyHour, p.short(h.Begin), p.Words.span(h.Half), p.Words.span(h.Most))
		c.Marks = append(c.Marks, box(i, len(hours), half, max(most, half+thick), "range", title), box(i, len(hours), half, half+thick, "half", title))
	}
	return c
}
