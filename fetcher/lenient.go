package fetcher

import "bytes"

// lenient mends what JSON forbids and people write: line breaks and tabs within
// strings, commas before a closing bracket, NaN and Infinity. What it makes of
// good JSON is the same.
func lenient(body []byte) []byte {
	out := make([]byte, 0, len(body)+16)
	inside := false // a string
	for i := 0; i < len(body); i++ {
		c := body[i]
		switch {
		case inside && c == '\\' && i+1 < len(body):
			out = append(out, c)
			i++
			c = body[i]
		case c == '"':
			inside = !inside
		case inside:
			if escape := escapes[c]; escape != "" {
				out = append(out, escape...)
				continue
			}
		case c == ',' && closes(body[i+1:]):
			continue
		case c == 'N' && bytes.HasPrefix(body[i:], []byte("NaN")):
			out, i = append(out, "null"...), i+len("NaN")-1
			continue
		case c == 'I' && bytes.HasPrefix(body[i:], []byte("Infinity")):
			out, i = append(bytes.TrimSuffix(out, []byte("-")), "null"...), i+len("Infinity")-1
			continue
		}
		out = append(out, c)
	}
	return out
}

var escapes = map[byte]string{'\n': `\n`, '\r': `\r`, '\t': `\t`}

// closes tells whether a bracket closes before anything else comes.
func closes(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	return len(b) > 0 && (b[0] == ']' || b[0] == '}')
}
