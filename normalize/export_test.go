package normalize

// CleanBoth cleans a body as one that is plain, where it is, and as one that is not:
// its content, first picture and score, each way.
func CleanBoth(in, base string) (plainly, again [3]any, isPlain bool) {
	root, c := parseFragment(in), newCleaner(parseBase(base))
	c.children(root)
	b, isPlain := c.plainly(root)
	plainly = [3]any{b.content, b.image, b.score}
	b = c.again(root)
	return plainly, [3]any{b.content, b.image, b.score}, isPlain
}
