// Package codegentest loads the workspaces that tests of targets generate from.
// It is for tests only.
package codegentest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/dir"
)

// Workspace loads the workspace in a folder and fails the test when anything in it
// is wrong.
func Workspace(t testing.TB, folder string) *workspace.Workspace {
	t.Helper()
	w, err := workspace.Load(context.Background(), os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range w.Diagnostics {
		p := d.Position()
		t.Errorf("%s:%d:%d: %s [%s]", d.File.Path, p.Line, p.Column, d.Message, d.Rule)
	}
	if t.Failed() {
		t.FailNow()
	}
	return w
}

// Model is the model of the workspace in a folder.
func Model(t testing.TB, folder string) *codegen.Model {
	t.Helper()
	w := Workspace(t, folder)
	return codegen.NewModel(codegen.Source{Events: w.Events(), Initialisms: w.Config.Naming.Initialisms})
}

// Released is the model of the workspace in a folder, with what it released into releases.
func Released(t testing.TB, folder string) *codegen.Model {
	t.Helper()
	w := Workspace(t, folder)
	store, err := dir.Open(filepath.Join(folder, "releases"), "releases")
	if err != nil {
		t.Fatal(err)
	}
	released := map[string][]*contracts.Contract{}
	for _, c := range w.Events() {
		records, err := registry.Released(t.Context(), store, c.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			old, err := r.Contract()
			if err != nil {
				t.Fatal(err)
			}
			released[c.Name] = append(released[c.Name], old)
		}
	}
	return codegen.NewModel(codegen.Source{Events: w.Events(), Released: released, Initialisms: w.Config.Naming.Initialisms})
}

// Random is a model of random events with names that differ, and JSON texts that
// their contracts accept, by event. The same seed gives the same model.
func Random(t testing.TB, events, seed int) (*codegen.Model, map[string][]string) {
	t.Helper()
	payloads := map[string][]string{}
	var list []*contracts.Contract
	for i := range events {
		c := contracttest.Contract().Example(seed + i)
		c.Name += fmt.Sprintf(" %d", i)
		v, err := payload.Compile(c)
		if err != nil {
			t.Fatal(err)
		}
		payloads[c.Name] = []string{}
		for j := range 10 {
			if raw := contracttest.Payload(c).Example(seed + j); v.Valid(raw) {
				payloads[c.Name] = append(payloads[c.Name], string(raw))
			}
		}
		list = append(list, c)
	}
	return codegen.NewModel(codegen.Source{Events: list}), payloads
}

// Files runs a target with the given options.
func Files(t testing.TB, target codegen.Target, m *codegen.Model, given map[string]string) []codegen.File {
	t.Helper()
	options, err := codegen.CheckOptions(target, given)
	if err != nil {
		t.Fatal(err)
	}
	files, err := codegen.Job{Target: target, Out: "out", Options: options}.Files(m)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Write puts files into a folder.
func Write(t testing.TB, dir string, files []codegen.File) {
	t.Helper()
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
