package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/gitfs"
	"github.com/evctl/evctl/contracts/waivers"
	"github.com/evctl/evctl/lint"
	"github.com/evctl/evctl/lint/compat"
)

// waiveFlags are the flags of evctl lint that approve breaks.
type waiveFlags struct {
	fingerprints []string
	reason       string
	approver     string
	expires      string
}

func (f *waiveFlags) register(flags *pflag.FlagSet) {
	f.expires = "90d"
	flags.StringArrayVar(&f.fingerprints, "waive", nil, "approve the break with this `fingerprint` in waivers.yaml; may be repeated")
	flags.StringVar(&f.reason, "reason", "", "with --waive: why the break is right, as `text`")
	flags.StringVar(&f.approver, "approver", "", "with --waive: `who` approves it; the user of git when it is left out")
	flags.StringVar(&f.expires, "expires", f.expires, "with --waive: last `day` on which the waiver holds, as 90d, 12w, 6m, 1y or YYYY-MM-DD")
}

// check refuses what does not go together.
func (f *waiveFlags) check(l *lintFlags, set *pflag.FlagSet, paths []string) error {
	if len(f.fingerprints) == 0 {
		for _, name := range []string{"reason", "approver", "expires"} {
			if set.Changed(name) {
				return usagef("--%s goes with --waive FINGERPRINT", name)
			}
		}
		return nil
	}
	for _, name := range []string{"fix", "output", "baseline", "write-baseline", "max-findings"} {
		if set.Changed(name) {
			return usagef("--waive and --%s exclude each other", name)
		}
	}
	switch {
	case len(paths) > 0:
		return usagef("--waive looks at the whole workspace, expected no paths")
	case strings.TrimSpace(f.reason) == "":
		return usagef("--waive needs --reason TEXT: why the break is right")
	case !utf8.ValidString(f.reason):
		return usagef("--reason is %q, expected UTF-8", f.reason)
	case l.format != "text" && l.format != "json":
		return usagef("--format is %q, expected text or json with --waive", l.format)
	}
	return nil
}

var span = regexp.MustCompile(`^[1-9][0-9]{0,3}[dwmy]$`)

// lastYear is the last one that YYYY-MM-DD can say.
const lastYear = 9999

// lastDay is the day that --expires means.
func (f *waiveFlags) lastDay(now time.Time) (string, error) {
	if span.MatchString(f.expires) {
		day := now.UTC().AddDate(0, 0, contracts.Retention(f.expires).Days())
		if day.Year() > lastYear {
			return "", usagef("--expires is %s, expected a day before the year %d", f.expires, lastYear+1)
		}
		return waivers.Day(day), nil
	}
	if _, err := waivers.ParseDay(f.expires); err != nil {
		return "", usagef("--expires is %q, expected 90d, 12w, 6m, 1y or YYYY-MM-DD", f.expires)
	}
	if f.expires < waivers.Day(now) {
		return "", usagef("--expires is %s, which has passed", f.expires)
	}
	return f.expires, nil
}

// waiveDocument is the output of evctl lint --waive --format json. Members are only ever
// added.
type waiveDocument struct {
	Path    string        `json:"path"` // of the file that they were written to
	Waivers []waivedBreak `json:"waivers"`
}

// waivedBreak is a waiver that was written, with the finding that it covers.
type waivedBreak struct {
	waivers.Waiver
	Message string `json:"message"`
}

// waive writes waivers for the breaks that the flags name.
func (l *linter) waive(ctx context.Context) error {
	f := &l.flags.waive
	last, err := f.lastDay(l.app.Now())
	if err != nil {
		return err
	}
	result, err := l.run(ctx)
	if err != nil {
		return err
	}
	found, err := l.breaks(result)
	if err != nil {
		return err
	}
	who := cmp.Or(strings.TrimSpace(f.approver), gitfs.User(ctx, l.root))
	switch {
	case who == "":
		return usagef("--waive needs --approver NAME: git has no user.name here")
	case !utf8.ValidString(who):
		return usagef("approver is %q, expected UTF-8: say it with --approver NAME", who)
	}
	document := waiveDocument{Path: waivers.FileName}
	for _, d := range found {
		event, pointer, _ := strings.Cut(d.Subject, "#")
		document.Waivers = append(document.Waivers, waivedBreak{Message: d.Message, Waiver: waivers.Waiver{
			Fingerprint: d.Fingerprint(), Rule: d.Rule, Event: event, Path: pointer, Reason: strings.TrimSpace(f.reason),
			Approver: who, Created: waivers.Day(l.app.Now()), Expires: last,
		}})
	}
	if err := l.writeWaivers(document.Waivers); err != nil {
		return err
	}
	if l.flags.format == "json" {
		return writeJSON(l.app.Stdout, document)
	}
	for _, w := range document.Waivers {
		fmt.Fprintf(l.app.Stdout, "waived until %s in %s: %s %s: %s [%s]\n", w.Expires, document.Path, w.Fingerprint, printable(w.Event), w.Message, w.Rule)
	}
	return nil
}

// breaks finds the findings with the fingerprints of the flags.
func (l *linter) breaks(result *lint.Result) ([]diag.Diagnostic, error) {
	byFingerprint := map[string]diag.Diagnostic{}
	var known []string
	for _, d := range result.Diagnostics {
		if compat.CanBeWaived(d.Rule) {
			byFingerprint[d.Fingerprint()] = d
			known = append(known, d.Fingerprint())
		}
	}
	var found []diag.Diagnostic
	for _, wanted := range slices.Compact(slices.Sorted(slices.Values(l.flags.waive.fingerprints))) {
		d, ok := byFingerprint[wanted]
		if !ok {
			return nil, l.unknownBreak(wanted, result, known)
		}
		found = append(found, d)
	}
	return found, nil
}

// unknownBreak says why a fingerprint cannot be waived.
func (l *linter) unknownBreak(wanted string, result *lint.Result, known []string) error {
	for _, w := range l.waivers.Valid() {
		if w.Fingerprint == wanted {
			return usagef("%s is waived until %s already, by %s", wanted, w.Expires, w.Approver)
		}
	}
	for i := range result.Diagnostics {
		if d := &result.Diagnostics[i]; d.Fingerprint() == wanted {
			return usagef("%s is a finding of %s, which is no break: it cannot be waived", wanted, d.Rule)
		}
	}
	if i := slices.IndexFunc(known, func(k string) bool { return len(wanted) >= 4 && strings.HasPrefix(k, wanted) }); i >= 0 {
		return usagef("no break has the fingerprint %q, did you mean %q?", wanted, known[i])
	}
	if near := contracts.Nearest(wanted, known); near != "" {
		return usagef("no break has the fingerprint %q, did you mean %q?", wanted, near)
	}
	if len(known) == 0 {
		return usagef("no break has the fingerprint %q: nothing breaks what is released", wanted)
	}
	return usagef("no break has the fingerprint %q, expected %s", wanted, strings.Join(known, " or "))
}

// writeWaivers puts entries at the end of waivers.yaml, in one step. Entries with the same
// fingerprints, which do not hold any more, make place for them.
func (l *linter) writeWaivers(list []waivedBreak) error {
	before := l.waivers.File
	for _, d := range l.waivers.Diagnostics {
		if d.Rule != waivers.RuleInvalid {
			return withHint(fmt.Errorf("%s has errors", waivers.FileName), "evctl lint shows them")
		}
	}
	file, err := before.Drop(func(w *waivers.Waiver) bool {
		return slices.ContainsFunc(list, func(b waivedBreak) bool { return b.Fingerprint == w.Fingerprint })
	})
	if err != nil {
		return err
	}
	for _, w := range list {
		text, err := waivers.Append(file, w.Waiver, w.Message)
		if err != nil {
			return err
		}
		file, _ = waivers.Parse(diag.NewFile(waivers.FileName, text))
	}
	return l.replaceWaivers(before, file.File.Data)
}

// replaceWaivers writes waivers.yaml unless it has changed since it was read.
func (l *linter) replaceWaivers(before *waivers.File, text []byte) error {
	if before != nil {
		return (&lint.Fixes{Files: []lint.FixedFile{{File: before.File, Text: text}}}).Write(l.root)
	}
	err := lint.CreateFile(filepath.Join(l.root, waivers.FileName), text)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("write %s: it has appeared meanwhile; run the command again", waivers.FileName)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", waivers.FileName, err)
	}
	return nil
}
