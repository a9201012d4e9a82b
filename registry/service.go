package registry

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/numbers"
	"github.com/evctl/evctl/contracts/schema"
	"github.com/evctl/evctl/contracts/waivers"
)

// Service releases versions: the same code and the same gate for a directory and
// for a server.
type Service struct {
	Store
	gate Gate
	now  func() time.Time
}

// NewService makes the service of a store. The gate is asked about every version
// that is not released yet; the clock says when it was.
func NewService(store Store, gate Gate, now func() time.Time) *Service {
	return &Service{store, gate, now}
}

// PushOptions says how to push.
type PushOptions struct {
	// DryRun decides everything and writes nothing.
	DryRun bool
	// Waivers are the breaks that somebody approved. Those that are over do not count; the
	// ones that a candidate needs become part of its release.
	Waivers []waivers.Waiver
}

// errRefused ends an update that must not write.
var errRefused = errors.New("refused")

// Push releases linked events. Either all of them pass and are written, or nothing
// is: candidates that are refused are in the report, an error means that the job
// could not be done. Pushing what is released already changes nothing.
//
// Several versions of one event are judged in the order given, each as if those
// before it were released.
func (s *Service) Push(ctx context.Context, candidates []*contracts.Contract, opt PushOptions) (*Report, error) {
	report := &Report{}
	if opt.DryRun {
		if err := s.judgeAll(ctx, s.Store, candidates, opt.Waivers, report); err != nil {
			return nil, err
		}
		report.settle(WouldPush)
		return report, nil
	}
	stored, err := s.Update(ctx, func(r Reader) ([]*Record, error) {
		report.Outcomes = nil // the store may have to plan again
		if err := s.judgeAll(ctx, r, candidates, opt.Waivers, report); err != nil {
			return nil, err
		}
		if report.Refused() {
			return nil, errRefused
		}
		return report.records(), nil
	})
	if err != nil && !errors.Is(err, errRefused) {
		return nil, err
	}
	report.settle(Pushed)
	report.adopt(stored)
	return report, nil
}

// judgeAll decides about the candidates, events side by side.
func (s *Service) judgeAll(ctx context.Context, r Reader, candidates []*contracts.Contract, approved []waivers.Waiver, report *Report) error {
	report.Outcomes = make([]*Outcome, len(candidates))
	byEvent := map[string][]int{}
	for i, c := range candidates {
		byEvent[c.Name] = append(byEvent[c.Name], i)
	}
	now := s.now()
	approved = slices.DeleteFunc(slices.Clone(approved), func(w waivers.Waiver) bool { return w.Malformed() || w.Expired(now) })
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for event, list := range byEvent {
		group.Go(func() error {
			j := judge{Service: s, reader: r, event: event, now: now, approved: approved}
			for _, i := range list {
				o, err := j.candidate(ctx, candidates[i])
				if err != nil {
					return fmt.Errorf("push %s: %w", candidates[i].ID(), err)
				}
				report.Outcomes[i] = o
			}
			return nil
		})
	}
	return group.Wait()
}

// judge decides about the candidates of one event.
type judge struct {
	*Service
	reader   Reader
	event    string
	now      time.Time
	approved []waivers.Waiver // that hold now
	read     bool
	released []*Record // oldest first; those that this push adds are among them
}

func (j *judge) candidate(ctx context.Context, c *contracts.Contract) (*Outcome, error) {
	o := &Outcome{Event: c.Name, Version: c.Version}
	switch {
	case c.Kind != contracts.Event:
		return o.refuse(Errorf(CodeContractInvalid, "%s is not an event", c.ID())), nil
	case c.Broken:
		return o.refuse(Errorf(CodeContractInvalid, "the contract has errors").WithHint("evctl lint shows them")), nil
	}
	o.ContractDigest = contracts.DigestOf(c)
	versions, err := j.versions(ctx)
	if err != nil {
		return nil, err
	}
	if slices.Contains(versions, c.Version) {
		return o, j.again(ctx, o, c)
	}
	if c.Status == contracts.Draft {
		o.refuse(Errorf(CodeEventDraft, "status is draft").WithHint("set status: active to release it"))
		o.Status = Skipped
		return o, nil
	}
	if n := len(versions); n > 0 {
		latest := versions[n-1]
		o.Previous = &latest
		if c.Version.Compare(latest) < 0 {
			o.refuse(Errorf(CodeVersionTooLow, "version %s is lower than %s, which is released", c.Version, latest).
				WithHint("versions go up: continue from " + latest.String()))
			return o, j.assess(ctx, o, c)
		}
	}
	return o, j.fresh(ctx, o, c)
}

// versions lists what is released without reading it; most candidates of a push
// are, and one look at their head says so.
func (j *judge) versions(ctx context.Context) ([]contracts.Version, error) {
	versions, err := j.reader.Versions(ctx, j.event)
	if err != nil {
		return nil, err
	}
	for _, r := range j.released {
		if !slices.Contains(versions, r.Version) {
			versions = append(versions, r.Version)
		}
	}
	return versions, nil
}

// again decides about a version that is released: the same, or a conflict.
func (j *judge) again(ctx context.Context, o *Outcome, c *contracts.Contract) error {
	head, same, err := j.sameAsReleased(ctx, c, o.ContractDigest)
	if err != nil {
		return err
	}
	if !same {
		if err := j.assess(ctx, o, c); err != nil {
			return err
		}
		// 1 and 1.0, or a definition written out, are other words for the same.
		same = len(o.Findings) == 0 && *o.Needed == contracts.NoBump
	}
	if !same {
		o.refuse(Errorf(CodeVersionConflict, "version %s is released with other content", c.Version).
			WithHint("released versions never change: raise the version, or undo the edit"))
		return nil
	}
	o.Status, o.Digest = Unchanged, head.Digest
	return nil
}

func (j *judge) sameAsReleased(ctx context.Context, c *contracts.Contract, digest contracts.Digest) (Head, bool, error) {
	for _, r := range j.released {
		if r.Version == c.Version {
			return r.Head, r.ContractDigest == digest, nil
		}
	}
	head, err := j.reader.Head(ctx, c.Name, c.Version)
	if err != nil || head.ContractDigest == digest {
		return head, err == nil, err
	}
	// An older evctl may have had another canonical form: compare the meaning.
	record, err := j.reader.Get(ctx, c.Name, c.Version)
	if err != nil {
		return head, false, err
	}
	released, err := record.Contract()
	if err != nil {
		return head, false, describe(record, err)
	}
	return head, contracts.DigestOf(released) == digest, nil
}

// fresh decides about a version that is not released, and makes its record.
func (j *judge) fresh(ctx context.Context, o *Outcome, c *contracts.Contract) error {
	if err := j.assess(ctx, o, c); err != nil {
		return err
	}
	if (Judgement{Findings: o.Findings}).Refused() {
		o.refuse(Errorf(CodeIncompatible, "version %s does not keep what is released", c.Version))
		return nil
	}
	record, err := j.record(c, o.Waivers)
	if err != nil {
		return err
	}
	o.record, o.Digest = record, record.Digest
	j.released = append(j.released, record)
	return nil
}

// assess asks the gate, and notes what it says.
func (j *judge) assess(ctx context.Context, o *Outcome, c *contracts.Contract) error {
	if !j.read {
		records, err := Released(ctx, j.reader, j.event)
		if err != nil {
			return err
		}
		j.read, j.released = true, append(records, j.released...)
	}
	released := make([]*contracts.Contract, len(j.released))
	for i, r := range j.released {
		var err error
		if released[i], err = r.Contract(); err != nil {
			return describe(r, err)
		}
	}
	o.Waivers = nil
	judgement, err := j.gate(ctx, Question{Candidate: c, Released: released, Waived: func(d *diag.Diagnostic) bool { return j.waived(o, d) }})
	if err != nil {
		return err
	}
	o.Findings = judgement.Findings
	if len(released) > 0 {
		o.Needed = &judgement.Needed
	}
	return nil
}

// waived reports whether a break was approved: when an earlier version was released, or
// now, which the outcome then says.
func (j *judge) waived(o *Outcome, d *diag.Diagnostic) bool {
	if slices.ContainsFunc(j.released, func(r *Record) bool { return slices.Contains(r.Granted(), d.Fingerprint()) }) {
		return true
	}
	i := slices.IndexFunc(j.approved, func(w waivers.Waiver) bool { return w.Covers(d) })
	if i < 0 {
		return false
	}
	o.Waivers = append(o.Waivers, j.approved[i])
	return true
}

func describe(r *Record, err error) error {
	return fmt.Errorf("released version %s %s: %w", r.Event, r.Version, err)
}

// record makes the release of a contract that passed, and reads it back: what
// cannot be read back must not be released.
func (j *judge) record(c *contracts.Contract, waived []waivers.Waiver) (*Record, error) {
	ledger, err := j.ledger(c)
	if err != nil {
		return nil, err
	}
	protobuf, err := ledger.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("field numbers: %w", err)
	}
	record, err := NewRecord(c.ID(), c, j.now, schema.Project(c), protobuf, waived...)
	if err != nil {
		return nil, err
	}
	back, err := record.Contract()
	if err != nil {
		return nil, describe(record, err)
	}
	if contracts.DigestOf(back) != record.ContractDigest {
		return nil, Errorf(CodeInternal, "released form of %s does not mean what its contract means", c.ID())
	}
	return record, nil
}

func (j *judge) ledger(c *contracts.Contract) (numbers.Ledger, error) {
	releases := make([]numbers.Release, len(j.released))
	for i, r := range j.released {
		l, err := r.Ledger()
		if err != nil {
			return numbers.Ledger{}, err
		}
		releases[i] = numbers.Release{Version: r.Version, Ledger: l}
	}
	previous, err := numbers.Previous(releases, c.Version)
	if err != nil {
		return numbers.Ledger{}, err
	}
	return numbers.Allocate(previous, c), nil
}

// Judge asks the gate about a candidate without releasing it. Breaks with a fingerprint of
// granted count as approved: they are part of what is released.
func (s *Service) Judge(ctx context.Context, candidate *contracts.Contract, released []*contracts.Contract, granted ...string) (Judgement, error) {
	waived := func(d *diag.Diagnostic) bool { return slices.Contains(granted, d.Fingerprint()) }
	return s.gate(ctx, Question{Candidate: candidate, Released: released, Waived: waived})
}
