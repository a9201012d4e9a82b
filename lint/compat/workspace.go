package compat

import (
	"context"
	"fmt"
	"path"
	"slices"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/workspace"
)

// workspaceBaseline takes the events of another workspace for what is released.
type workspaceBaseline struct {
	label  string
	events map[string]*contracts.Contract
}

// FromWorkspace takes the events of another workspace for what is released, apart
// from drafts. Its files are reported under the label. It fails when one of them
// cannot be read: what it declares would look like a new event.
func FromWorkspace(w *workspace.Workspace, label string) (Baseline, error) {
	b := &workspaceBaseline{label: label, events: map[string]*contracts.Contract{}}
	return b, b.take(w, func(p string) string { return path.Join(label, p) })
}

func (b *workspaceBaseline) take(w *workspace.Workspace, display func(path string) string) error {
	if d := unreadable(w); d != nil {
		return fmt.Errorf("%s cannot be compared with: %s: %s", b.label, d.File.Path, d.Message)
	}
	for _, c := range w.Contracts {
		c.File.Path = display(c.File.Path)
	}
	for _, c := range w.Events() {
		if b.events[c.Name] == nil && c.Status != contracts.Draft {
			b.events[c.Name] = c
		}
	}
	return nil
}

func (b *workspaceBaseline) Events(context.Context) ([]string, error) {
	names := make([]string, 0, len(b.events))
	for name := range b.events {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}

func (b *workspaceBaseline) Versions(_ context.Context, event string) ([]contracts.Version, error) {
	if c := b.events[event]; c != nil {
		return []contracts.Version{c.Version}, nil
	}
	return nil, nil
}

func (b *workspaceBaseline) Same(ctx context.Context, c *contracts.Contract, v contracts.Version) (bool, error) {
	old, err := b.Contract(ctx, c.Name, v)
	return err == nil && contracts.DigestOf(old) == contracts.DigestOf(c), err
}

func (b *workspaceBaseline) Contract(_ context.Context, event string, _ contracts.Version) (*contracts.Contract, error) {
	c := b.events[event]
	if c.Broken {
		return nil, fmt.Errorf("%s cannot be compared with: %s has errors of the language", b.label, c.File.Path)
	}
	return c, nil
}

// Granted is empty: a workspace does not say what was waived before it.
func (b *workspaceBaseline) Granted(context.Context, string, contracts.Version) ([]string, error) {
	return nil, nil
}
