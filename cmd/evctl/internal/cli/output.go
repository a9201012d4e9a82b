package cli

import "io"

// output is stdout. It remembers the first error of writing to it, so that a command
// whose output got lost never ends as if all were well.
type output struct {
	to  io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.to.Write(p)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// unfailing is for texts of cobra, which would print an error of its own; output
// remembers it anyway.
type unfailing struct{ to io.Writer }

func (u unfailing) Write(p []byte) (int, error) {
	_, _ = u.to.Write(p)
	return len(p), nil
}
