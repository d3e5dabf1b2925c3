package fetcher

// UTF8 is toUTF8 of a document of which nothing is known.
func UTF8(body []byte, contentType, override string) ([]byte, string) {
	return toUTF8(body, contentType, override, nil)
}

// Reuses tells whether the room that is given back is what is taken next. Now and then
// a pool drops what it is given, with the race detector on purpose.
func Reuses(tries int) bool {
	var r rooms
	for range tries {
		b := make([]byte, 10, 100)
		r.give(b)
		if again := r.take(); cap(again) > 0 && &again[:1][0] == &b[0] && len(again) == 0 {
			return true
		}
	}
	return false
}
