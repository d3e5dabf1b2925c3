package fetcher

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ParseTime reads a time as a stranger wrote it: RFC 3339 and other forms of
// ISO 8601, RFC 822 with its usual mistakes and in many languages, Chinese and
// Korean civil times, and Unix times in seconds or milliseconds. A time without
// an offset is civil time in zone. It returns the zero time for what it cannot
// read.
func ParseTime(text string, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	text = strings.Join(strings.Fields(widths.Replace(text)), " ")
	if text == "" || len(text) > longestDate {
		return time.Time{}
	}
	for _, layout := range []string{time.RFC1123Z, time.RFC3339} { // nearly all that come
		if t, err := time.Parse(layout, text); err == nil {
			return whole(t)
		}
	}
	if t, ok := unixTime(text); ok {
		return t
	}
	if t, ok := spokenTime(text, zone, time.Now()); ok {
		return t
	}
	t, _ := readDate(text, zone)
	return t
}

// longestDate is more than any date has; texts are searched more than once.
const longestDate = 100

// widths are signs that Chinese and others write wider than ASCII's.
var widths = strings.NewReplacer("：", ":", "，", ",", "（", "(", "）", ")", "－", "-", "−", "-", "／", "/",
	"０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8", "９", "9")

// whole is a time as articles have it.
func whole(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// unixTime reads seconds or milliseconds since 1970; both lie between 1990
// and 2100, which tells them apart. Zero means that there is no time.
func unixTime(text string) (time.Time, bool) {
	seconds, fraction, _ := strings.Cut(text, ".") // Python's have one
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || strings.Trim(fraction, "0123456789") != "" || fraction != "" && len(seconds) < 9 {
		return time.Time{}, false
	}
	const from, to = 631152000, 4102444800
	switch {
	case n >= from && n < to:
		return time.Unix(n, 0).UTC(), true
	case n >= from*1000 && n < to*1000:
		return time.Unix(n/1000, 0).UTC(), true
	}
	return time.Time{}, len(text) < 8 && (n < 1990 || n > 2100) // 20250102 is a day, 2025 a year
}

// moment is a date and time as its parts stand in a text.
type moment struct {
	year, month, day     int
	hour, minute, second int
	zone                 *time.Location // nil where the text names none
}

// readDate reads the parts of a time wherever they stand: first the clock, which
// is the surest to tell, then the zone behind it, then the date in what is left.
func readDate(text string, zone *time.Location) (time.Time, bool) {
	var m moment
	rest, ok := m.packed(text), true
	if rest == text {
		rest = m.clock(text, zone)
		ok = m.date(rest)
	}
	if !ok {
		return time.Time{}, false
	}
	if korean.MatchString(text) && m.zone == nil {
		m.zone = seoul
	}
	return m.time(zone)
}

// time is the moment, in the zone given where it names none; false where there
// is no such time. What is a little over, such as 24:00 or 31 February, runs
// over.
func (m *moment) time(zone *time.Location) (time.Time, bool) {
	if m.month < 1 || m.month > 12 || m.day < 1 || m.day > 31 || !m.onClock() {
		return time.Time{}, false
	}
	if m.zone != nil {
		zone = m.zone
	}
	return time.Date(m.year, time.Month(m.month), m.day, m.hour, m.minute, m.second, 0, zone).UTC(), true
}

func (m *moment) onClock() bool { return m.hour <= 25 && m.minute <= 61 && m.second <= 61 }

var (
	packedTime = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})(?:[Tt ]?(\d{2})(\d{2})(\d{2})?)?(?:[.,]\d+)?\s*(Z|z|[+-]\d{2}:?\d{2})?$`)
	ordinal    = regexp.MustCompile(`^(\d{4})-?(\d{3})$`)
)

// packed reads ISO 8601 without its signs, and days counted through the year.
// It returns what it could not read.
func (m *moment) packed(text string) string {
	if p := packedTime.FindStringSubmatch(text); p != nil {
		*m = moment{number(p[1]), number(p[2]), number(p[3]), number(p[4]), number(p[5]), number(p[6]), zoneOf(p[7], nil)}
		return ""
	}
	if p := ordinal.FindStringSubmatch(text); p != nil && number(p[2]) <= 366 {
		day := time.Date(number(p[1]), 1, number(p[2]), 0, 0, 0, 0, time.UTC)
		*m = moment{year: day.Year(), month: int(day.Month()), day: day.Day()}
		return ""
	}
	return text
}

var (
	clockTime = regexp.MustCompile(`(\d{1,2})\s*(?::|[时時点點시])\s*(?:(\d{1,2})\s*[分분]?)?(?:\s*:\s*(\d{1,2})(?:[.,]\d+)?|\s*(\d{1,2})\s*[秒초])?`)
	bareHour  = regexp.MustCompile(`(?:\dT| )(\d{2})(Z|\s?GMT|[+-]\d{2}:?\d{2})$`)
	halves    = regexp.MustCompile(`(?i)(?:\b([ap])\.?m\b\.?|(凌晨|清晨|早晨|早上|早|上午|오전)|(下午|傍晚|晚上|晚间|晚|夜间|오후)|(中午|正午|午间))`)
	korean    = regexp.MustCompile(`[년월일]|오[전후]`)
	seoul     = time.FixedZone("KST", 9*60*60)
)

// clock reads the time of day and the zone, and returns the text without them.
func (m *moment) clock(text string, zone *time.Location) string {
	half := halves.FindStringSubmatch(text)
	text = halves.ReplaceAllString(text, " ")
	at := clockTime.FindStringSubmatchIndex(text)
	if at == nil {
		p := bareHour.FindStringSubmatchIndex(text)
		if p == nil {
			return text
		}
		m.hour, m.zone = number(text[p[2]:p[3]]), zoneOf(strings.TrimSpace(text[p[4]:p[5]]), zone)
		return text[:p[2]]
	}
	part := func(i int) int {
		if at[2*i] < 0 {
			return 0
		}
		return number(text[at[2*i]:at[2*i+1]])
	}
	m.hour, m.minute, m.second = part(1), part(2), max(part(3), part(4))
	m.halve(half)
	after := text[at[1]:]
	var n int
	m.zone, n = leadingZone(after, zone)
	return text[:at[0]] + " " + after[n:]
}

// halve reads the hour of a half of the day, as halves finds it. Noon is in the
// second, and so is the midnight that ends an evening.
func (m *moment) halve(half []string) {
	if half == nil {
		return
	}
	first := half[2] != "" || strings.EqualFold(half[1], "a")
	switch {
	case first && m.hour == 12:
		m.hour = 0
	case first || m.hour > 12:
	case m.hour == 12 && strings.HasPrefix(half[3], "晚"):
		m.hour = 24
	case m.hour < 12 && (half[4] == "" || m.hour < 10):
		m.hour += 12
	}
}

var (
	yearFirst = regexp.MustCompile(`(\d{4})\s*[-/.年년]\s*(\d{1,2})(?:\s*[-/.月월]\s*(\d{1,2}))?`)
	numeric   = regexp.MustCompile(`\b(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4}|\d{2})\b`)
	shortYear = regexp.MustCompile(`^(\d{2})-(\d{2})-(\d{2})\b`)
	words     = regexp.MustCompile(`\p{L}+`)
	numbers   = regexp.MustCompile(`\d+`)
	yearAlone = regexp.MustCompile(`^\s*(\d{4})\s*$`)
)

// date reads the day in a text without its clock.
func (m *moment) date(text string) bool {
	if p := yearFirst.FindStringSubmatch(text); p != nil {
		m.year, m.month, m.day = number(p[1]), number(p[2]), max(1, number(p[3]))
		return true
	}
	if month := monthIn(text); month > 0 {
		m.month = month
		return m.dayAndYear(numbers.FindAllString(text, -1))
	}
	if p := shortYear.FindStringSubmatch(text); p != nil {
		m.year, m.month, m.day = century(p[1]), number(p[2]), number(p[3])
		return true
	}
	if p := numeric.FindStringSubmatch(text); p != nil {
		m.month, m.day, m.year = number(p[1]), number(p[3]), century(p[4])
		if m.month > 12 || p[2] == "." { // 24.12.2026, as most of Europe writes
			m.month, m.day = m.day, m.month
		}
		return true
	}
	if p := yearAlone.FindStringSubmatch(text); p != nil {
		m.year, m.month, m.day = number(p[1]), 1, 1
		return true
	}
	return false
}

// dayAndYear tells the two numbers beside the name of a month apart: the year
// has four digits, or comes last.
func (m *moment) dayAndYear(numbers []string) bool {
	if len(numbers) < 2 {
		return false
	}
	day, year := numbers[0], numbers[1]
	if len(day) == 4 {
		day, year = year, day
	}
	if len(day) > 2 || len(year) != 2 && len(year) != 4 {
		return false
	}
	m.day, m.year = number(day), century(year)
	return true
}

// century reads a year of two digits as RFC 5322 §4.3 does.
func century(digits string) int {
	n := number(digits)
	switch {
	case len(digits) > 2:
		return n
	case n < 50:
		return 2000 + n
	}
	return 1900 + n
}

// monthIn finds the name of a month; the last one, since "mar." is a Tuesday
// in French before it is March.
func monthIn(text string) (month int) {
	for _, word := range words.FindAllString(strings.ToLower(text), -1) {
		for i, names := range months {
			for name := range strings.FieldsSeq(names) {
				if strings.HasPrefix(word, name) {
					month = i + 1
				}
			}
		}
	}
	return month
}

// months are how the names of months begin: in English, and where they differ
// in German, French, Spanish, Italian, Portuguese, Dutch, Polish, Hungarian,
// Turkish, Russian and Greek.
var months = [12]string{
	"jan jän ene gen sty oca янв ιαν",
	"feb fév fev lut şub фев φεβ",
	"mar mär mrz mrt már мар μαρ μάρ μάώ",
	"apr avr abr kwi ápr nis апр απρ",
	"may mai mag maj mei máj máu мая май μάι μαΐ μαϊ μαι",
	"jun juin giu cze jún haz июн ιούν ιουν ιον",
	"jul juil lug lip júl tem июл ιούλ ιουλ ιολ",
	"aug août aou ago sie ağu авг αύγ αυγ",
	"sep set wrz szept eyl сен σεπ",
	"oct okt ott out paź eki окт οκτ",
	"nov lis kas ноя νοέ νοε",
	"dec dez déc dic gru ara дек δεκ",
}
