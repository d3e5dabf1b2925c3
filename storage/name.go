package storage

import (
	"fmt"
	"strconv"
	"strings"
)

// maxName keeps a key, with what makes it unique and a suffix, below what file
// systems allow.
const maxName = 120

// mint gives a new article its key and its id, for ever.
func (a *addition) mint(r *record) error {
	name := safeName(a.Name)
	if name == "" {
		name = hashName(a.Keys[0])
	}
	r.Key = name
	for n := 2; a.names.Get([]byte(r.Key)) != nil; n++ {
		r.Key = name + "-" + strconv.Itoa(n)
		if n > 50 { // everybody's "index": no more trying one by one
			r.Key = fmt.Sprintf("%s-%s-%d", name, hashName(a.Keys[0]), n)
		}
	}
	r.ID = "tag:" + a.Authority() + ":" + r.Key
	return a.names.Put([]byte(r.Key), number(a.arrival))
}

func hashName(key string) string { return fmt.Sprintf("%016x", itemHash(key)) }

// safeName lets a proposed name be a file name and a path segment, whatever a
// stranger put in it.
func safeName(name string) string {
	name = strings.Map(func(c rune) rune {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.ContainsRune("-_.", c):
			return c
		}
		return '-'
	}, name)
	name = strings.TrimLeft(name, "-.")
	return strings.TrimRight(name[:min(len(name), maxName)], "-.")
}
