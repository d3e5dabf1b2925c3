package daemon

import "sync"

// crew does things at the same time, each at once, on goroutines that it uses again:
// a cycle goes deep, and a new goroutine would have to find room for that anew.
type crew struct {
	group sync.WaitGroup
	idle  chan func()
}

func newCrew() *crew { return &crew{idle: make(chan func())} }

func (c *crew) do(work func()) {
	select {
	case c.idle <- work: // somebody waits for it
	default:
		c.group.Go(func() {
			work()
			for work := range c.idle {
				work()
			}
		})
	}
}

// end waits until all is done. Nothing more may be given to do then.
func (c *crew) end() {
	close(c.idle)
	c.group.Wait()
}
