package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/evctl/evctl/codegen/targets"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/schema"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/remote"
)

func newSchema(app *App) *cobra.Command {
	var location string
	cmd := &cobra.Command{
		Use:   "schema contract|config|waivers|EVENT[@VERSION]",
		Short: "Print the JSON Schema of contract files, of evctl.yaml, of waivers.yaml, or of an event",
		Long: `Prints a JSON Schema (2020-12): of contract files, of evctl.yaml, of waivers.yaml, or of
the payload of an event. An event is the one of the workspace; another version of it is
looked for in the registry. An event called contract, config or waivers needs its @VERSION.

Editors check YAML files as one types when they know the schema, for instance by a
first line  # yaml-language-server: $schema=contract.schema.json`,
		Example: `  evctl schema contract > contract.schema.json
  evctl schema order.completed
  evctl schema order.completed@1.2.0 --registry https://contracts.example.com`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := schemaOf(cmd.Context(), app, args[0], location)
			if err != nil {
				return err
			}
			_, err = app.Stdout.Write(text)
			return err
		},
	}
	cmd.Flags().StringVar(&location, "registry", "", "take events from the releases in this `directory or URL`")
	return cmd
}

func schemaOf(ctx context.Context, app *App, what, location string) ([]byte, error) {
	switch what {
	case "contract":
		return schema.ContractSchema(), nil
	case "waivers":
		return schema.WaiversSchema(), nil
	case "config":
		v, err := vocabulary()
		return schema.ConfigSchema(v), err
	}
	name, version := splitVersion(what)
	c, err := findEvent(ctx, app, name, version, location)
	if err != nil {
		return nil, err
	}
	if c.Broken {
		return nil, withHint(fmt.Errorf("contract of %s has errors", c.ID()), "evctl lint shows them")
	}
	var out bytes.Buffer
	if err := json.Indent(&out, schema.Project(c), "", "  "); err != nil {
		return nil, fmt.Errorf("schema of %s: %w", c.ID(), err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// vocabulary is what evctl.yaml may name in this build.
func vocabulary() (schema.Vocabulary, error) {
	var v schema.Vocabulary
	for _, t := range targets.All {
		target := schema.Target{Word: schema.Word{Name: t.Name(), Description: t.Describe()}}
		for _, o := range t.Options() {
			target.Options = append(target.Options, schema.Word{Name: o.Name, Description: o.Describe})
		}
		v.Targets = append(v.Targets, target)
	}
	rules, err := catalogue()
	if err != nil {
		return v, err
	}
	for _, r := range rules.Rules() {
		if r.Required {
			continue // what cannot be configured is no word of evctl.yaml
		}
		v.Rules = append(v.Rules, schema.Rule{Word: schema.Word{Name: r.ID, Description: r.Summary}, Gate: r.Gate})
	}
	return v, nil
}

// findEvent looks for an event in the workspace and, at another version than its, in
// the registry.
func findEvent(ctx context.Context, app *App, name, version, location string) (*contracts.Contract, error) {
	if location != "" {
		return findRelease(ctx, app.registryPath(location), remote.Options{Display: location}, name, version)
	}
	w, err := workspace.Open(ctx, app.Dir)
	if err != nil {
		return nil, hintOfWorkspace(err)
	}
	c := w.Event(name)
	if c != nil && (version == "" || c.Version.String() == version) {
		return c, nil
	}
	if c == nil && version == "" {
		if err := brokenWorkspace(w); err != nil {
			return nil, err // which may be why
		}
		return nil, unknownEvent(name, eventNames(w))
	}
	at := w.Config.Registry
	if !isURL(at) {
		at = filepath.Join(w.Root, filepath.FromSlash(at))
	}
	return findRelease(ctx, at, remote.Options{Display: w.Config.Registry, Create: true}, name, version)
}

func eventNames(w *workspace.Workspace) []string {
	var names []string
	for _, c := range w.Events() {
		names = append(names, c.Name)
	}
	return names
}

func unknownEvent(name string, names []string) error {
	if near := contracts.Nearest(name, names); near != "" {
		return usagef("no event is named %s, did you mean %s?", document.Quote(name), document.Quote(near))
	}
	return usagef("no event is named %s", document.Quote(name))
}

// findRelease reads a release; without a version, the latest.
func findRelease(ctx context.Context, location string, opt remote.Options, name, version string) (*contracts.Contract, error) {
	store, err := remote.Open(ctx, location, opt)
	if err != nil {
		return nil, hintOfRegistry(err)
	}
	versions, err := store.Versions(ctx, name)
	if err != nil {
		return nil, hintOfRegistry(err)
	}
	if len(versions) == 0 {
		return nil, unknownEvent(name, releasedNames(ctx, store))
	}
	v := versions[len(versions)-1]
	if version != "" {
		if v, err = contracts.ParseVersion(version); err != nil {
			return nil, usagef("%w", err)
		}
	}
	c, err := releasedContract(ctx, store, name, v)
	return c, hintOfRegistry(err)
}

func releasedNames(ctx context.Context, r registry.Reader) []string {
	subjects, err := r.List(ctx)
	if err != nil {
		return nil // only a suggestion is lost
	}
	names := make([]string, len(subjects))
	for i, s := range subjects {
		names[i] = s.Event
	}
	return names
}
