package compat

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/lint"
)

// Baseline is what new versions are compared with. Its methods may be called from
// several goroutines. Reading costs as little as the caller asks for: whether a
// version is still the same is known without parsing it.
type Baseline interface {
	// Events lists the events that have versions.
	Events(ctx context.Context) ([]string, error)
	// Versions lists the versions of an event, oldest first, and none for an event
	// that the baseline does not know.
	Versions(ctx context.Context, event string) ([]contracts.Version, error)
	// Same reports whether a contract is version v of the baseline, with equal
	// content. It fails with an *Edited where the release of v is not
	// what was released, also when the contract claims another version than v.
	Same(ctx context.Context, c *contracts.Contract, v contracts.Version) (bool, error)
	// Contract is a version, linked and not Broken. It fails as Same does.
	Contract(ctx context.Context, event string, v contracts.Version) (*contracts.Contract, error)
	// Granted lists the fingerprints of the breaks that were waived when version v was
	// released. They are history: later versions of the major have them too.
	Granted(ctx context.Context, event string, v contracts.Version) ([]string, error)
}

// Edited is the error of a release that is not what was released.
type Edited struct {
	Location diag.Location
	Subject  string // for fingerprints: event and version
	Message  string // what is wrong with it
	Hint     string
}

func (e *Edited) Error() string { return e.Message }

func (e *Edited) diagnostic() diag.Diagnostic {
	return diag.Diagnostic{
		Rule: ruleReleaseEdited, Severity: diag.Error, Location: e.Location, Subject: e.Subject, Message: e.Message, Hint: e.Hint,
	}
}

// OptionsFor is what evctl.yaml says about an event. Of the patterns under
// compatibility.events that match its name, the one with the most letters counts.
func OptionsFor(cfg *workspace.Config, event string) (Options, error) {
	word, best := cfg.Compatibility.Mode, -1
	for pattern, mode := range cfg.Compatibility.Events {
		letters := len(pattern) - strings.Count(pattern, "*")
		if MatchName(pattern, event) && (letters > best || letters == best && mode < word) {
			word, best = mode, letters
		}
	}
	mode, err := ParseMode(word)
	if err != nil {
		return Options{}, fmt.Errorf("compatibility of %s: %w", event, err)
	}
	protobuf := slices.ContainsFunc(cfg.Generate, func(t workspace.Target) bool { return t.Target == "protobuf" })
	return Options{Mode: mode, StrictContent: cfg.Compatibility.OpenContent == "strict", Protobuf: protobuf}, nil
}

// MatchName reports whether a pattern, in which * stands for any text, is the name.
func MatchName(pattern, name string) bool {
	parts := strings.Split(pattern, "*")
	last := len(parts) - 1
	if last == 0 {
		return pattern == name
	}
	rest, ok := strings.CutPrefix(name, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1:last] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	return strings.HasSuffix(rest, parts[last])
}

// Source compares every event of a workspace with the baseline. No break is waived.
func Source(base Baseline) lint.Source { return Comparison{Base: base}.Source }

// Comparison compares a workspace with what is released.
type Comparison struct {
	Base Baseline
	// Waived tells which breaks are approved now; nil: none. Those that were approved
	// when a version was released need not be again.
	Waived Waived
}

// Source is a lint.Source: what is wrong with every event of the workspace.
func (k Comparison) Source(ctx context.Context, w *workspace.Workspace) ([]diag.Diagnostic, error) {
	events := w.Events()
	compared, err := k.all(ctx, w.Config, events)
	if err != nil {
		return nil, err
	}
	var found []diag.Diagnostic
	for _, c := range compared {
		found = append(append(found, c.edited...), c.Findings...)
	}
	removed, err := removedEvents(ctx, k.Base, w)
	return append(found, removed...), err
}

// compared is what came out for one event.
type compared struct {
	Judgement
	latest contracts.Version // the highest that is released, where there is one
	edited []diag.Diagnostic // releases that are not what was released
}

func (k Comparison) all(ctx context.Context, cfg *workspace.Config, events []*contracts.Contract) ([]compared, error) {
	found := make([]compared, len(events))
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() error {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(events) {
					return nil
				}
				if events[i].Broken {
					continue
				}
				var err error
				if found[i], err = k.one(ctx, cfg, events[i]); err != nil {
					return err
				}
			}
		})
	}
	return found, group.Wait()
}

// one judges an event. Released contracts are only parsed when the event is
// not what was released last.
func (k Comparison) one(ctx context.Context, cfg *workspace.Config, c *contracts.Contract) (compared, error) {
	out := compared{Judgement: Judgement{Version: c.Version}}
	if err := ctx.Err(); err != nil {
		return out, err
	}
	versions, err := k.Base.Versions(ctx, c.Name)
	if err != nil || len(versions) == 0 {
		return out, err
	}
	out.latest = versions[len(versions)-1]
	var same bool
	if same, out.edited, err = unchanged(ctx, k.Base, c, versions); err != nil || same {
		return out, err
	}
	opt, err := OptionsFor(cfg, c.Name)
	if err != nil {
		return out, err
	}
	var released []*contracts.Contract
	granted := map[string]bool{}
	for _, v := range versions {
		old, err := k.Base.Contract(ctx, c.Name, v)
		if e := (*Edited)(nil); errors.As(err, &e) {
			continue // reported above
		}
		if err != nil {
			return out, err
		}
		released = append(released, old)
		if err := k.grant(ctx, granted, c.Name, v); err != nil {
			return out, err
		}
	}
	opt.Waived = func(d *diag.Diagnostic) bool {
		return granted[d.Fingerprint()] || k.Waived != nil && k.Waived(d)
	}
	out.Judgement = Judge(released, c, opt)
	return out, nil
}

// grant adds the breaks that a release was allowed.
func (k Comparison) grant(ctx context.Context, granted map[string]bool, event string, v contracts.Version) error {
	list, err := GrantedTo(ctx, k.Base, event, v)
	for _, fingerprint := range list {
		granted[fingerprint] = true
	}
	return err
}

// GrantedTo is Granted of a baseline. A release that is not what was released grants
// nothing.
func GrantedTo(ctx context.Context, base Baseline, event string, v contracts.Version) ([]string, error) {
	list, err := base.Granted(ctx, event, v)
	if e := (*Edited)(nil); errors.As(err, &e) {
		return nil, nil // reported by those who compare with it
	}
	return list, err
}

// unchanged reports whether the event is what was released last, and which of its
// releases are not what was released.
func unchanged(ctx context.Context, base Baseline, c *contracts.Contract, versions []contracts.Version) (same bool, edited []diag.Diagnostic, err error) {
	for i, v := range versions {
		known, err := base.Same(ctx, c, v)
		if e := (*Edited)(nil); errors.As(err, &e) {
			edited = append(edited, e.diagnostic())
			continue
		}
		if err != nil {
			return false, nil, err
		}
		same = known && i == len(versions)-1
	}
	return same, edited, nil
}

// removedEvents reports events of the baseline that no contract declares. It says
// nothing when a part of the workspace was not loaded or could not be read.
func removedEvents(ctx context.Context, base Baseline, w *workspace.Workspace) ([]diag.Diagnostic, error) {
	if w.Partial || unreadable(w) != nil {
		return nil, nil
	}
	events, err := base.Events(ctx)
	if err != nil {
		return nil, err
	}
	declared := map[string]bool{}
	for _, c := range w.Events() {
		declared[c.Name] = true
	}
	var found []diag.Diagnostic
	for _, event := range events {
		if declared[event] {
			continue
		}
		d, err := removedEvent(ctx, base, event)
		if err != nil {
			return nil, err
		}
		if d != nil {
			found = append(found, *d)
		}
	}
	return found, nil
}

func removedEvent(ctx context.Context, base Baseline, event string) (*diag.Diagnostic, error) {
	versions, err := base.Versions(ctx, event)
	if err != nil || len(versions) == 0 {
		return nil, err
	}
	latest, err := base.Contract(ctx, event, versions[len(versions)-1])
	if e := (*Edited)(nil); errors.As(err, &e) {
		d := e.diagnostic()
		return &d, nil
	}
	if err != nil {
		return nil, err
	}
	return Removed(latest), nil
}

// unreadable is a problem of a file that is no contract at all and might declare
// any event, or nil.
func unreadable(w *workspace.Workspace) *diag.Diagnostic {
	read := map[*diag.File]bool{w.Config.File: true}
	for _, c := range w.Contracts {
		read[c.File] = true
	}
	for i := range w.Diagnostics {
		if d := &w.Diagnostics[i]; !read[d.File] {
			return d
		}
	}
	return nil
}
