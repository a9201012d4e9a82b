package entry

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/naming"
	"github.com/evctl/evctl/contracts/workspace"
)

// Rules of the findings.
const (
	RuleInvalid   = "generate-invalid"
	RuleCollision = "generated-name-collision"
)

// Lint finds what is wrong with the entries of a workspace, and names of its contracts that
// clash in their targets. It looks at whole workspaces that are read without errors.
func Lint(ctx context.Context, w *workspace.Workspace) ([]diag.Diagnostic, error) {
	if len(w.Config.Generate) == 0 || w.Partial || slices.ContainsFunc(w.Diagnostics, func(d diag.Diagnostic) bool { return d.Severity == diag.Error }) {
		return nil, nil
	}
	model := codegen.NewModel(codegen.Source{Events: w.Events(), Initialisms: w.Config.Naming.Initialisms, NamesOnly: true})
	looks := make([]look, len(w.Config.Generate))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range looks {
		group.Go(func() error {
			looks[i] = lookAt(ctx, w, i, model)
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var c collisions
	var found []diag.Diagnostic
	for _, l := range looks {
		if l.problem != nil {
			found = append(found, l.problem.finding())
		}
		for _, clash := range l.clashes {
			c.add(l.target, clash)
		}
	}
	return append(found, c.findings()...), nil
}

// look is what is wrong with one entry.
type look struct {
	target  string
	problem *Problem
	clashes []codegen.Clash
}

func lookAt(ctx context.Context, w *workspace.Workspace, i int, m *codegen.Model) look {
	job, err := Job(ctx, w, i)
	if err == nil {
		err = CheckRename(w, i, job, m)
	}
	if err != nil {
		problem, ok := err.(*Problem)
		if !ok {
			problem = NewProblem(w, i, err)
		}
		return look{problem: problem}
	}
	return look{target: job.Target.Name(), clashes: job.Clashes(m)}
}

func (p *Problem) finding() diag.Diagnostic {
	hint := "evctl generate --list shows the targets and their options"
	if slices.Contains(p.Path, "rename") {
		hint = ""
	}
	return diag.Diagnostic{
		Rule: RuleInvalid, Severity: diag.Error, Location: p.Location, Subject: workspace.ConfigName + "#" + strings.Join(p.Path, "."),
		Message: p.Err.Error(), Hint: hint,
	}
}

// collisions gathers what is one finding: two things of the model, in all targets.
type collisions struct {
	pairs []pair
	index map[[2]string]int
}

type pair struct {
	of, other   codegen.Origin
	identifiers []string // in the order of the entries
	targets     map[string][]string
}

func (c *collisions) add(target string, clash codegen.Clash) {
	of, other := clash.Of, clash.Other
	if of.What() == "" {
		of, other = other, of
	}
	if of.What() == "" || elsewhere(of, other) {
		return
	}
	key := [2]string{of.What() + of.Key(), other.What() + other.Key()}
	i, known := c.index[key]
	if !known {
		i = len(c.pairs)
		if c.index == nil {
			c.index = map[[2]string]int{}
		}
		c.index[key] = i
		c.pairs = append(c.pairs, pair{of: of, other: other, targets: map[string][]string{}})
	}
	p := &c.pairs[i]
	if !slices.Contains(p.identifiers, clash.Identifier) {
		p.identifiers = append(p.identifiers, clash.Identifier)
	}
	if list := p.targets[clash.Identifier]; !slices.Contains(list, target) {
		p.targets[clash.Identifier] = append(list, target)
	}
}

// elsewhere reports whether two names differ only in case or separators and are of one
// kind for which a rule says so whatever is generated.
func elsewhere(a, b codegen.Origin) bool {
	switch {
	case a.What() == "event" && b.What() == "event":
		return codeName(a.Type.Event.Contract) == codeName(b.Type.Event.Contract)
	case a.Field != nil && b.Field != nil && a.Type == b.Type:
		x, y := a.Field.Property, b.Field.Property
		return naming.Key(cmp.Or(x.CodeName, x.Name)) == naming.Key(cmp.Or(y.CodeName, y.Name))
	}
	return false
}

func codeName(c *contracts.Contract) string { return naming.Key(cmp.Or(c.CodeName, c.Name)) }

func (c *collisions) findings() []diag.Diagnostic {
	var list []diag.Diagnostic
	for _, p := range c.pairs {
		list = append(list, p.finding())
	}
	return list
}

func (p *pair) finding() diag.Diagnostic {
	var in []string
	for _, identifier := range p.identifiers {
		in = append(in, identifier+" in "+and(p.targets[identifier]))
	}
	subject := p.of.Key()
	if !strings.Contains(subject, "#") {
		subject += "#"
	}
	d := diag.Diagnostic{Rule: RuleCollision, Severity: diag.Error, Location: p.of.Location(), Subject: subject}
	if p.other.What() == "" {
		d.Message = fmt.Sprintf("%s is %s, which generated code has itself", described(p.of), and(in))
	} else {
		d.Message = fmt.Sprintf("%s and %s are both %s", described(p.of), described(p.other), and(in))
		d.Related = []diag.Related{{Location: p.other.Location(), Message: "the other one"}}
	}
	d.Hint = fmt.Sprintf("rename it, or write rename: {%s: …} into the entry of the target in %s", yamlKey(p.renamable().Key()), workspace.ConfigName)
	return d
}

// renamable is that of the two which another name can be given to.
func (p *pair) renamable() codegen.Origin {
	if p.of.Unit != nil && p.of.Type == nil && p.other.What() != "" {
		return p.other
	}
	return p.of
}

// described is the word for something and what it is called.
func described(o codegen.Origin) string {
	name := o.Key()
	switch {
	case o.Field != nil:
		name = o.Field.Wire
	case o.Value != nil:
		name = o.Value.Text()
	case o.Variant != nil:
		name = o.Variant.Variant.Name
	case o.What() == "definition":
		name = o.Type.Definition
	}
	return o.What() + " " + document.Quote(name)
}

// and lists words as people do.
func and(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// yamlKey is a key as it stands in braces.
func yamlKey(key string) string {
	if strings.ContainsAny(key, ",:[]{}\"' \t\n") || key == "" {
		return document.Quote(key)
	}
	return key
}
