package lint

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/workspace"
)

// Options says how to run.
type Options struct {
	Catalogue *Catalogue
	// Profile replaces the one of evctl.yaml; empty keeps it.
	Profile string
	// Severities win over everything in evctl.yaml, by rule ID.
	Severities map[string]diag.Severity
	// Now decides whether dates have passed.
	Now time.Time
	// Released tells whether a version of the event was released: fixes then leave
	// its wire names alone. Nil means that nothing is known to be released.
	Released func(event string) bool
	// Sources contribute findings that need more than the workspace.
	Sources []Source
}

// Source contributes findings that need more than the workspace, such as the
// versions that were released. Their rules are in the catalogue. The severity that
// the source sets is kept unless evctl.yaml or Options.Severities name the rule.
type Source func(context.Context, *workspace.Workspace) ([]diag.Diagnostic, error)

// Result is what a run found.
type Result struct {
	// Diagnostics are sorted by file and position; none of them is Off.
	Diagnostics []diag.Diagnostic
	// Catalogue is that of the options with the rules of evctl.yaml.
	Catalogue *Catalogue
	// Contracts counts the contracts that were looked at.
	Contracts int
	// Ignored counts the findings that comments silenced.
	Ignored int
}

// Run checks a loaded workspace. Findings are not errors: an error means that the
// check could not be done.
func Run(ctx context.Context, w *workspace.Workspace, opt Options) (*Result, error) {
	if opt.Catalogue == nil {
		return nil, fmt.Errorf("lint: no rules")
	}
	r := &runner{w: w, opt: opt, catalogue: opt.Catalogue}
	if err := r.configure(); err != nil {
		return nil, err
	}
	if err := r.contracts(ctx); err != nil {
		return nil, err
	}
	if err := r.once(ctx); err != nil {
		return nil, err
	}
	for _, source := range opt.Sources {
		found, err := source(ctx, w)
		if err != nil {
			return nil, err
		}
		r.sourced = append(r.sourced, found...)
	}
	return r.result(), nil
}

type runner struct {
	w          *workspace.Workspace
	opt        Options
	catalogue  *Catalogue
	severities *severities
	shared     sync.Map
	places     sync.Map
	config     []diag.Diagnostic // what is wrong with evctl.yaml
	found      []diag.Diagnostic // by rules
	sourced    []diag.Diagnostic // by sources
}

func (r *runner) pass(c *contracts.Contract) *Pass {
	return &Pass{Workspace: r.w, Contract: c, Now: r.opt.Now, released: r.opt.Released, shared: &r.shared, places: &r.places}
}

// contracts runs the rules about single contracts on all cores.
func (r *runner) contracts(ctx context.Context) error {
	found := make([][]diag.Diagnostic, len(r.w.Contracts))
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() error {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(r.w.Contracts) {
					return nil
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				found[i] = r.contract(r.w.Contracts[i])
			}
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	r.found = append(r.found, slices.Concat(found...)...)
	return nil
}

func (r *runner) contract(c *contracts.Contract) []diag.Diagnostic {
	if c.Broken || !r.selected(c) {
		return nil
	}
	p := r.pass(c)
	levels := r.severities.forFile(c.File.Path)
	for i, rule := range r.catalogue.rules {
		if rule.Contract == nil || levels[i] == diag.Off {
			continue
		}
		p.rule = rule.ID
		rule.Contract(p)
	}
	return p.diags
}

// selected reports whether a contract was asked for, and not only loaded because
// another one refers to it.
func (r *runner) selected(c *contracts.Contract) bool {
	return !r.w.Partial || underAny(c.File.Path, r.w.Selected)
}

// once runs the rules about the workspace and its configuration.
func (r *runner) once(ctx context.Context) error {
	passes := make([]*Pass, len(r.catalogue.rules))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, rule := range r.catalogue.rules {
		run := rule.Config
		if run == nil && !r.w.Partial {
			run = rule.Workspace
		}
		if run == nil || !r.severities.anywhere(i) {
			continue
		}
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			p := r.pass(nil)
			p.rule = rule.ID
			run(p)
			passes[i] = p
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, p := range passes {
		if p != nil {
			r.found = append(r.found, p.diags...)
		}
	}
	return nil
}

// result gives findings their severities, leaves out what is off or silenced, and
// sorts the rest.
func (r *runner) result() *Result {
	all := slices.Concat(r.w.Diagnostics, r.config)
	failed := map[string]bool{} // rules of evctl.yaml that could not run
	for _, d := range r.found {
		if d.Rule == customRuleInvalid {
			if failed[d.Subject] {
				continue
			}
			failed[d.Subject] = true
		}
		if d.Severity = r.severities.of(d.Rule, d.File); d.Severity != diag.Off {
			all = append(all, d)
		}
	}
	for _, d := range r.sourced {
		if level, said := r.severities.configured(d.Rule, d.File); said {
			d.Severity = level
		}
		if d.Severity != diag.Off {
			all = append(all, d)
		}
	}
	all, ignored := r.ignore(all)
	diag.Sort(all)
	return &Result{Diagnostics: all, Catalogue: r.catalogue, Contracts: r.count(), Ignored: ignored}
}

func (r *runner) count() int {
	n := 0
	for _, c := range r.w.Contracts {
		if r.selected(c) {
			n++
		}
	}
	return n
}
