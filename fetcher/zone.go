package fetcher

import (
	"regexp"
	"strings"
	"time"
)

// zoneOffsets are the names that feeds write for zones, in minutes east of
// Greenwich; package time takes the unknown ones for Greenwich.
var zoneOffsets = map[string]int{
	"UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0,
	"EST": -300, "EDT": -240, "ET": -300, "CST": -360, "CDT": -300, "CT": -360, "MST": -420, "MDT": -360, "MT": -420,
	"PST": -480, "PDT": -420, "PT": -480, "AST": -240, "ADT": -180, "AT": -240, "AKST": -540, "AKDT": -480, "HST": -600, "BRT": -180,
	"BST": 60, "WEST": 60, "CET": 60, "MEZ": 60, "CEST": 120, "MESZ": 120, "EET": 120, "EEST": 180, "SAST": 120, "MSK": 180,
	"IST": 330, "ICT": 420, "WIB": 420, "HKT": 480, "SGT": 480, "PHT": 480, "AWST": 480, "JST": 540, "KST": 540,
	"AEST": 600, "AEDT": 660, "ACST": 570, "NZST": 720, "NZDT": 780,
}

// named is a zone by its name; nil for none. CST is China's where the source's
// civil times are China's (PITFALLS G12). Single letters are military, with
// the signs that RFC 822 §5.1 gives them.
func named(name string, zone *time.Location) *time.Location {
	upper := strings.ToUpper(name)
	if minutes, ok := zoneOffsets[upper]; ok {
		if upper == "CST" && isChinese(zone) {
			minutes = 8 * 60
		}
		return time.FixedZone(upper, minutes*60)
	}
	if len(upper) == 1 {
		if n := strings.IndexByte("ABCDEFGHIKLM", upper[0]); n >= 0 {
			return time.FixedZone(upper, -(n+1)*60*60)
		}
		if n := strings.IndexByte("NOPQRSTUVWXY", upper[0]); n >= 0 {
			return time.FixedZone(upper, (n+1)*60*60)
		}
	}
	if strings.Contains(name, "/") {
		if z, err := time.LoadLocation(name); err == nil {
			return z
		}
	}
	return nil
}

func isChinese(zone *time.Location) bool {
	if zone == nil {
		return false
	}
	_, offset := time.Now().In(zone).Zone()
	return offset == 8*60*60
}

var zoneText = regexp.MustCompile(`^\s*\(?(?:([A-Za-z]+(?:/[A-Za-z_]+)*)\s?)?(?:([+-])(\d{1,2}?):?(\d{2})?\b)?\)?(?:\s*[\[(][A-Za-z/_ ]+[\])])?`)

// leadingZone reads the zone that a text begins with, and tells how much of it
// that was; nil and 0 where there is none.
func leadingZone(text string, zone *time.Location) (*time.Location, int) {
	p := zoneText.FindStringSubmatch(text)
	switch {
	case p[2] != "": // a name before it is Greenwich's, or says the same
		seconds := number(p[3])*60*60 + number(p[4])*60
		if p[2] == "-" {
			seconds = -seconds
		}
		return time.FixedZone("", seconds), len(p[0])
	case p[1] != "":
		if z := named(p[1], zone); z != nil {
			return z, len(p[0])
		}
	}
	return nil, 0
}

func zoneOf(text string, zone *time.Location) *time.Location {
	z, _ := leadingZone(text, zone)
	return z
}
