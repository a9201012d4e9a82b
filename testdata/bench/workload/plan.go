package workload

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing/fstest"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/workspace"
)

//go:embed plan
var files embed.FS

// Plan is the contracts of the workload.
type Plan struct {
	// Envelope is linked, and says where name, version and properties stand.
	Envelope *envelope.Envelope
	// Events are the contracts of the properties, in the order of Event.Contract.
	Events []*contracts.Contract
	// Whole are the contracts of entire bodies, in the same order.
	Whole []*contracts.Contract
}

// Load reads the contracts.
func Load(ctx context.Context) (*Plan, error) {
	source, err := fs.Sub(files, "plan")
	if err != nil {
		return nil, err
	}
	w, err := open(ctx, source)
	if err != nil {
		return nil, err
	}
	env, err := envelopeOf(w)
	if err != nil {
		return nil, err
	}
	bodies, err := wholeFiles(source)
	if err != nil {
		return nil, err
	}
	whole, err := open(ctx, bodies)
	if err != nil {
		return nil, err
	}
	p := &Plan{Envelope: env}
	for _, kind := range kinds {
		a, b := w.Event(kind.name), whole.Event(kind.name)
		if a == nil || b == nil {
			return nil, fmt.Errorf("plan has no contract of %s", kind.name)
		}
		p.Events, p.Whole = append(p.Events, a), append(p.Whole, b)
	}
	return p, nil
}

// Set is what a collector has.
func (p *Plan) Set() (*payload.Set, error) { return payload.NewSet(p.Envelope, p.Events...) }

// Validators are those of entire bodies.
func (p *Plan) Validators() ([]*payload.Validator, error) {
	var all []*payload.Validator
	for _, c := range p.Whole {
		v, err := payload.Compile(c)
		if err != nil {
			return nil, fmt.Errorf("compile %s: %w", c.ID(), err)
		}
		all = append(all, v)
	}
	return all, nil
}

// WriteFiles hands the workspace's files to write, by slash-separated path: for
// processes that read contracts themselves.
func WriteFiles(write func(path string, text []byte) error) error {
	source, err := fs.Sub(files, "plan")
	if err != nil {
		return err
	}
	return each(source, write)
}

// each visits the files of a folder in lexical order.
func each(source fs.FS, visit func(path string, text []byte) error) error {
	return fs.WalkDir(source, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(source, path)
		if err != nil {
			return err
		}
		return visit(path, text)
	})
}

func open(ctx context.Context, source fs.FS) (*workspace.Workspace, error) {
	w, err := workspace.Load(ctx, source)
	if err != nil {
		return nil, fmt.Errorf("load plan: %w", err)
	}
	for _, d := range w.Diagnostics {
		return nil, fmt.Errorf("plan: line %d: %s", d.Position().Line, d.Message)
	}
	return w, nil
}

func envelopeOf(w *workspace.Workspace) (*envelope.Envelope, error) {
	env, diags := envelope.Parse(w.Config)
	if env != nil {
		diags = append(diags, env.Link(w.Library)...)
	}
	for _, d := range diags {
		return nil, errors.New("plan: envelope: " + d.Message)
	}
	return env, nil
}

// wholeFiles is the plan with contracts of entire bodies: the envelope's definition
// becomes a fragment, and the properties move one level down.
func wholeFiles(source fs.FS) (fs.FS, error) {
	out := fstest.MapFS{}
	err := each(source, func(name string, text []byte) error {
		t := string(text)
		switch {
		case name == workspace.ConfigName:
			t, _, _ = strings.Cut(t, "envelope:")
		case strings.HasPrefix(t, "define: collector\n"):
			t = fragment(t)
		case path.Dir(name) == "contracts":
			var err error
			if t, err = whole(t); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		out[name] = &fstest.MapFile{Data: []byte(t)}
		return nil
	})
	return out, err
}

// fragment is the envelope's definition, without what whole says more exactly.
func fragment(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		switch key, _, _ := strings.Cut(line, ":"); key {
		case "define":
			b.WriteString("fragment: collector\n")
		case "type", "  event", "  version":
		default:
			b.WriteString(line)
		}
	}
	return b.String()
}

// whole moves the properties of an event into a property of that name, beside those
// of the envelope.
func whole(text string) (string, error) {
	head, properties, ok := strings.Cut(text, "\nproperties:\n")
	if !ok {
		return "", errors.New("the event has no properties")
	}
	name, version := valueOf(head, "event"), valueOf(head, "version")
	var b strings.Builder
	fmt.Fprintf(&b, "%s\ninclude: [collector]\nproperties:\n", head)
	fmt.Fprintf(&b, "  event: {type: string, required: true, enum: [%s], description: Name of the event.}\n", name)
	fmt.Fprintf(&b, "  version: {type: string, required: true, enum: [%q], description: Version of its contract.}\n", version)
	b.WriteString("  properties:\n    type: object\n    required: true\n    description: What is told.\n    properties:\n")
	for line := range strings.Lines(properties) {
		b.WriteString("    " + line)
	}
	return b.String(), nil
}

// valueOf is the value of a key at the top of a contract.
func valueOf(text, key string) string {
	_, after, _ := strings.Cut("\n"+text, "\n"+key+": ")
	value, _, _ := strings.Cut(after, "\n")
	return value
}
