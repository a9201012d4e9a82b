package registry_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint/compat"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/dir"
	"github.com/evctl/evctl/registry/storetest"
)

// backward is the gate of evctl in its default mode.
func backward(_ context.Context, q registry.Question) (registry.Judgement, error) {
	j := compat.Judge(q.Released, q.Candidate, compat.Options{Waived: q.Waived})
	return registry.Judgement{Needed: j.Needed, Findings: j.Findings}, nil
}

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

type fixture struct {
	*testing.T
	path    string
	store   *dir.Store
	service *registry.Service
}

func setUp(t *testing.T) fixture {
	t.Helper()
	path := filepath.Join(t.TempDir(), "releases")
	store, err := dir.Open(path, "releases")
	if err != nil {
		t.Fatal(err)
	}
	return fixture{t, path, store, registry.NewService(store, backward, func() time.Time { return noon })}
}

func (f fixture) push(opt registry.PushOptions, texts ...string) *registry.Report {
	f.Helper()
	var list []*contracts.Contract
	for _, text := range texts {
		list = append(list, storetest.Parse(f, text))
	}
	report, err := f.service.Push(context.Background(), list, opt)
	if err != nil {
		f.Fatal(err)
	}
	return report
}

// statuses are the outcomes of a report as "event version status code".
func statuses(r *registry.Report) []string {
	var list []string
	for _, o := range r.Outcomes {
		list = append(list, strings.TrimSpace(strings.Join([]string{o.Event, o.Version.String(), string(o.Status), string(o.Code)}, " ")))
	}
	return list
}

func (f fixture) want(r *registry.Report, want ...string) {
	f.Helper()
	if diff := cmp.Diff(want, statuses(r)); diff != "" {
		f.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

func (f fixture) wantReleased(want ...string) {
	f.Helper()
	subjects, err := f.store.List(context.Background())
	if err != nil {
		f.Fatal(err)
	}
	var got []string
	for _, s := range subjects {
		for _, v := range s.Versions {
			got = append(got, s.Event+" "+v.String())
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		f.Errorf("released (-want +got):\n%s", diff)
	}
}

func order(version, rest string) string {
	return "event: order.completed\nversion: " + version + "\nproperties:\n  id: {type: string, required: true}\n" + rest
}

var write = registry.PushOptions{}

func TestPush_ReleasesAndThenChangesNothing(t *testing.T) {
	f := setUp(t)
	f.want(f.push(write, order("1.0.0", "")), "order.completed 1.0.0 pushed")
	f.want(f.push(write, order("1.0.0", "")), "order.completed 1.0.0 unchanged")
	f.want(f.push(write, "# a comment\nversion: 1.0.0\nevent: 'order.completed'\nproperties: {id: {required: true, type: string}}\n"),
		"order.completed 1.0.0 unchanged")
	f.wantReleased("order.completed 1.0.0")
}

func TestPush_SaysWhenItWasReleased(t *testing.T) {
	f := setUp(t)
	o := f.push(write, order("1.0.0", "")).Outcomes[0]
	head, err := f.store.Head(context.Background(), "order.completed", contracts.Version{Major: 1})
	if err != nil {
		t.Fatal(err)
	}
	want := registry.Head{Digest: o.Digest, Event: "order.completed", Version: contracts.Version{Major: 1}, ContractDigest: o.ContractDigest, Released: noon}
	if diff := cmp.Diff(want, head); diff != "" {
		t.Errorf("head (-want +got):\n%s", diff)
	}
}

func TestPush_OtherContentUnderAReleasedVersionIsAConflict(t *testing.T) {
	f := setUp(t)
	f.push(write, order("1.0.0", ""))
	r := f.push(write, order("1.0.0", "  note: {type: string}\n"))
	f.want(r, "order.completed 1.0.0 refused version-conflict")
	if !strings.Contains(r.Outcomes[0].Hint, "raise the version") {
		t.Errorf("hint is %q, want advice", r.Outcomes[0].Hint)
	}
}

func TestPush_ALowerVersionIsRefused(t *testing.T) {
	f := setUp(t)
	f.push(write, order("1.1.0", ""))
	f.want(f.push(write, order("1.0.1", "")), "order.completed 1.0.1 refused version-too-low")
	f.wantReleased("order.completed 1.1.0")
}

func TestPush_ABreakIsRefusedAndNothingIsWritten(t *testing.T) {
	f := setUp(t)
	f.push(write, order("1.0.0", "  note: {type: string}\n"))
	r := f.push(write, "event: cart.opened\nversion: 1.0.0\n", order("1.1.0", ""))
	f.want(r, "cart.opened 1.0.0 held", "order.completed 1.1.0 refused incompatible")
	f.wantReleased("order.completed 1.0.0")
	o := r.Outcomes[1]
	if len(o.Findings) != 1 || o.Findings[0].Rule != "property-removed" || *o.Needed != contracts.MajorBump || o.Previous.String() != "1.0.0" {
		t.Errorf("outcome is %+v, want one finding property-removed and a major bump over 1.0.0", o)
	}
	f.want(f.push(write, "event: cart.opened\nversion: 1.0.0\n", order("2.0.0", "")),
		"cart.opened 1.0.0 pushed", "order.completed 2.0.0 pushed")
	f.wantReleased("cart.opened 1.0.0", "order.completed 1.0.0", "order.completed 2.0.0")
}

func TestPush_DraftsAreSkippedAndKeepNothingBack(t *testing.T) {
	f := setUp(t)
	f.want(f.push(write, order("1.0.0", "status: draft\n"), "event: cart.opened\nversion: 1.0.0\n"),
		"order.completed 1.0.0 skipped event-draft", "cart.opened 1.0.0 pushed")
	f.wantReleased("cart.opened 1.0.0")
}

func TestPush_ADryRunDecidesAndWritesNothing(t *testing.T) {
	f := setUp(t)
	r := f.push(registry.PushOptions{DryRun: true}, order("1.0.0", ""))
	f.want(r, "order.completed 1.0.0 would-push")
	if _, err := os.Stat(f.path); !os.IsNotExist(err) {
		t.Errorf("stat says %v, want that the registry is not there", err)
	}
}

func TestPush_BrokenContractsAndDefinitionsAreRefused(t *testing.T) {
	f := setUp(t)
	broken, _ := contracts.Parse(diag.NewFile("x.yaml", []byte("event: a.b\nversion: 1.0.0\nproperties: {x: {type: strin}}\n")))
	definition, _ := contracts.Parse(diag.NewFile("y.yaml", []byte("define: money\ntype: string\n")))
	r, err := f.service.Push(context.Background(), []*contracts.Contract{broken, definition}, write)
	if err != nil {
		t.Fatal(err)
	}
	f.want(r, "a.b 1.0.0 refused contract-invalid", "money 0.0.0 refused contract-invalid")
}

func TestPush_VersionsOfOnePushAreJudgedOneAfterTheOther(t *testing.T) {
	f := setUp(t)
	f.want(f.push(write, order("1.0.0", ""), order("1.1.0", "  note: {type: string}\n"), order("1.2.0", "")),
		"order.completed 1.0.0 held", "order.completed 1.1.0 held", "order.completed 1.2.0 refused incompatible")
	f.want(f.push(write, order("1.0.0", ""), order("1.1.0", "  note: {type: string}\n"), order("2.0.0", ""), order("2.0.0", "")),
		"order.completed 1.0.0 pushed", "order.completed 1.1.0 pushed", "order.completed 2.0.0 pushed", "order.completed 2.0.0 unchanged")
	f.wantReleased("order.completed 1.0.0", "order.completed 1.1.0", "order.completed 2.0.0")
}

func TestPush_FieldNumbersContinue(t *testing.T) {
	f := setUp(t)
	f.push(write, order("1.0.0", "  b: {type: string}\n"))
	f.push(write, order("1.1.0", "  a: {type: string}\n  b: {type: string}\n"))
	r, err := f.store.Get(context.Background(), "order.completed", contracts.Version{Major: 1, Minor: 1})
	if err != nil {
		t.Fatal(err)
	}
	var ledger struct{ Event map[string]string }
	if err := json.Unmarshal(r.ProtobufJSON, &ledger); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"1": "string id", "2": "string b", "3": "string a"}
	if diff := cmp.Diff(want, ledger.Event); diff != "" {
		t.Errorf("numbers (-want +got):\n%s", diff)
	}
}

func TestPush_FailsClosedOnAnEditedRelease(t *testing.T) {
	f := setUp(t)
	f.push(write, order("1.0.0", ""))
	file := filepath.Join(f.path, "order.completed", "1.0.0.json")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(data), `"id"`, `"di"`, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = f.service.Push(context.Background(), []*contracts.Contract{storetest.Parse(t, order("1.1.0", ""))}, write)
	if registry.CodeOf(err) != registry.CodeReleaseEdited || !strings.HasPrefix(err.Error(), "push order.completed 1.1.0: release file releases/order.completed/1.0.0.json is not") {
		t.Errorf("error is %v, want one that names the edited file", err)
	}
}

func TestPush_AReleaseOfAnEvctlWithAnotherDigestOfContractsIsUnchanged(t *testing.T) {
	f := setUp(t)
	head := f.push(write, order("1.0.0", "")).Outcomes[0]
	file := filepath.Join(f.path, "order.completed", "1.0.0.json")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(registry.Compact(data))
	text = strings.Replace(text, `"digest":"`+string(head.Digest)+`",`, "", 1)
	text = strings.Replace(text, string(head.ContractDigest), "sha256:"+strings.Repeat("0", 64), 1)
	if err := os.WriteFile(file, registry.Seal([]byte(text)), 0o644); err != nil {
		t.Fatal(err)
	}
	f.want(f.push(write, order("1.0.0", "")), "order.completed 1.0.0 unchanged")
	f.want(f.push(write, order("1.0.0", "  note: {type: string}\n")), "order.completed 1.0.0 refused version-conflict")
}

func TestPush_AFailingGateIsAnError(t *testing.T) {
	f := setUp(t)
	gate := func(context.Context, registry.Question) (registry.Judgement, error) {
		return registry.Judgement{}, os.ErrPermission
	}
	service := registry.NewService(f.store, gate, time.Now)
	if _, err := service.Push(context.Background(), []*contracts.Contract{storetest.Parse(t, order("1.0.0", ""))}, write); err == nil {
		t.Error("a gate that failed let a version pass")
	}
	f.wantReleased()
}

func TestErrorTable_DescribesEveryCodeOnce(t *testing.T) {
	seen := map[registry.Code]bool{}
	for _, k := range registry.ErrorTable {
		if seen[k.Code] || k.Summary == "" || k.Status != 0 && (k.Status < 400 || k.Status > 599) {
			t.Errorf("entry %+v is wrong", k)
		}
		seen[k.Code] = true
	}
}
