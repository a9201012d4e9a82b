package entry

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/format"
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
	l := linter{workspace: w}
	for i := range w.Config.Generate {
		job, err := Job(ctx, w, i)
		l.entries = append(l.entries, entry{job: job})
		l.entries[i].fails(w, i, err)
	}
	l.sift()
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range l.entries {
		group.Go(func() error {
			if l.entries[i].problem == nil {
				l.lookAt(i)
			}
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return l.findings(), nil
}

// linter is one run.
type linter struct {
	workspace *workspace.Workspace
	entries   []entry
	sieve     *codegen.Sieve
	suspects  []*contracts.Contract
	suspected *codegen.Model // of the suspects
}

// entry is one of generate:.
type entry struct {
	job     codegen.Job
	whole   bool // names have to be given to all contracts to know whether they clash
	problem *Problem
	clashes []codegen.Clash
}

func (e *entry) fails(w *workspace.Workspace, i int, err error) {
	if err != nil && !errors.As(err, &e.problem) {
		e.problem = NewProblem(w, i, err)
	}
}

// sift finds the contracts that are worth a second look.
func (l *linter) sift() {
	var jobs []codegen.Job
	for i := range l.entries {
		e := &l.entries[i]
		if e.problem != nil {
			continue
		}
		if e.whole = !codegen.NewSieve([]codegen.Job{e.job}, probe()).Sound(); !e.whole {
			jobs = append(jobs, e.job)
		}
	}
	l.sieve = codegen.NewSieve(jobs, probe())
	if len(jobs) > 0 {
		l.sieve.Sift(l.workspace.Contracts)
	}
	l.suspects = l.sieve.Suspects(l.workspace.Contracts)
	l.suspected = l.model(l.suspects)
}

func (l *linter) model(events []*contracts.Contract) *codegen.Model {
	return codegen.NewModel(codegen.Source{Events: events, Initialisms: l.workspace.Config.Naming.Initialisms, NamesOnly: true})
}

// lookAt finds what is wrong with entry i.
func (l *linter) lookAt(i int) {
	e := &l.entries[i]
	m := l.suspected
	switch {
	case e.whole:
		m = l.model(l.workspace.Events())
	case len(e.job.Rename) > 0:
		m = l.model(l.withRenamed(e.job))
		if e.job.CheckRename(m) != nil {
			m = l.model(l.workspace.Events()) // to propose what is near
		}
	}
	e.fails(l.workspace, i, CheckRename(l.workspace, i, e.job, m))
	if e.problem == nil {
		e.clashes = e.job.Clashes(m)
	}
}

// withRenamed are the suspects, the events in which something has another name in a job, and
// those whose types may be called like what follows from that.
func (l *linter) withRenamed(job codegen.Job) []*contracts.Contract {
	chosen := map[*contracts.Contract]bool{}
	for _, e := range l.suspects {
		chosen[e] = true
	}
	names := map[string]bool{}
	for key := range job.Rename {
		names[codegen.RenamedIn(key)] = true
	}
	for _, c := range l.workspace.Contracts {
		if names[c.Name] {
			for _, e := range l.sieve.Users(c) {
				chosen[e] = true
			}
		}
	}
	renamed := l.model(l.chosen(chosen)).Renamed(job.Rename)
	job.Names(renamed, &codegen.Names{Visit: func(_ *codegen.Scope, identifier string, of codegen.Origin) {
		if of.Field == nil {
			if users := l.sieve.Users(l.sieve.Owner(identifier)); len(users) > 0 {
				chosen[users[0]] = true
			}
		}
	}})
	return l.chosen(chosen)
}

func (l *linter) chosen(set map[*contracts.Contract]bool) []*contracts.Contract {
	return slices.DeleteFunc(l.workspace.Events(), func(c *contracts.Contract) bool { return !set[c] })
}

//go:embed probe.yaml
var probeText []byte

// probe is a model of an event with types of all kinds, whose names no plan has.
var probe = sync.OnceValue(func() *codegen.Model {
	c, diags := contracts.Parse(diag.NewFile("probe.yaml", probeText))
	lib, _ := contracts.NewLibrary(nil)
	if diags = append(diags, lib.Link(c)...); len(diags) > 0 {
		panic(diags[0].Message) // compiled with this program
	}
	return codegen.NewModel(codegen.Source{Events: []*contracts.Contract{c}, NamesOnly: true})
})

func (l *linter) findings() []diag.Diagnostic {
	var c collisions
	var found []diag.Diagnostic
	for _, e := range l.entries {
		if e.problem != nil {
			found = append(found, e.problem.finding())
		}
		for _, clash := range e.clashes {
			c.add(e.job.Target.Name(), clash)
		}
	}
	if len(c.pairs) > 0 {
		c.shared = sharedNames(l.workspace.Contracts)
	}
	return append(found, c.findings()...)
}

// sharedNames are the names that contracts of several kinds have.
func sharedNames(all []*contracts.Contract) map[string]bool {
	kinds, shared := make(map[string]contracts.Kind, len(all)), map[string]bool{}
	for _, c := range all {
		if kind, known := kinds[c.Name]; known && kind != c.Kind {
			shared[c.Name] = true
		}
		kinds[c.Name] = c.Kind
	}
	return shared
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
	pairs  []pair
	index  map[[2]string]int
	shared map[string]bool // names that several contracts have
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
		list = append(list, p.finding(c.key(p.of)))
	}
	return list
}

// key is what to write under rename: for something and nothing else.
func (c *collisions) key(of codegen.Origin) string {
	if key := of.Key(); !c.shared[codegen.RenamedIn(key)] {
		return key
	}
	return of.ExplicitKey()
}

// finding proposes another name for what has the key.
func (p *pair) finding(key string) diag.Diagnostic {
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
		of, other := described(p.of), described(p.other)
		if of == other {
			of, other = p.of.What()+" "+document.Quote(p.of.Key()), p.other.What()+" "+document.Quote(p.other.Key())
		}
		d.Message = fmt.Sprintf("%s and %s are both %s", of, other, and(in))
		d.Related = []diag.Related{{Location: p.other.Location(), Message: "the other one"}}
	}
	d.Hint = fmt.Sprintf("rename it, or write rename: {%s: …} into the entry of the target in %s", format.Scalar(key), workspace.ConfigName)
	return d
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
