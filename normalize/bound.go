package normalize

import "bytes"

// most is how many tags a body, or a page, may have: its tree takes a few
// hundred bytes for each. A long article has some thousands.
const most = 100_000

// crowded tells whether HTML has too many tags for a tree.
func crowded(b []byte) bool { return bytes.Count(b, []byte("<")) > most }
