package config

import (
	"strconv"
	"strings"
)

// quote quotes what the owner wrote, Chinese as it is.
func quote(s string) string { return strconv.Quote(s) }

// nearest returns the word someone who wrote name may have meant, or nothing.
func nearest(name string, words []string) string {
	best, least := "", 1+len([]rune(name))/3
	for _, word := range words {
		if squeeze(word) == squeeze(name) {
			return word
		}
		if n := distance([]rune(name), []rune(word)); n <= least && n < len(word) {
			best, least = word, n-1
		}
	}
	return best
}

// squeeze makes baseURL, base-url and base_url the same.
func squeeze(s string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(s))
}

// distance counts the edits between a and b, two letters changing places being
// one of them (optimal string alignment).
func distance(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		for j := range rows[i] {
			rows[i][j] = step(rows, a, b, i, j)
		}
	}
	return rows[len(a)][len(b)]
}

func step(rows [][]int, a, b []rune, i, j int) int {
	if i == 0 || j == 0 {
		return i + j
	}
	change := 1
	if a[i-1] == b[j-1] {
		change = 0
	}
	least := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
	if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
		least = min(least, rows[i-2][j-2]+1)
	}
	return least
}
