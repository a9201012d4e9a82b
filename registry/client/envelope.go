package client

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/workspace"
)

// WorkspaceEnvelope is the envelope of the workspace in a folder, for collectors that
// are deployed with evctl.yaml, and with the contracts where the envelope names a
// definition.
func WorkspaceEnvelope(ctx context.Context, folder string) (*envelope.Envelope, error) {
	root, err := workspace.FindRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("read envelope: %w", err)
	}
	data, err := os.ReadFile(filepath.Join(root, workspace.ConfigName))
	if err != nil {
		return nil, fmt.Errorf("read envelope: %w", err)
	}
	config, problems := workspace.ParseConfig(diag.NewFile(workspace.ConfigName, data))
	if len(problems) > 0 {
		return nil, envelopeError(problems)
	}
	env, problems := envelope.Parse(config)
	if len(problems) > 0 {
		return nil, envelopeError(problems)
	}
	if env.DefinitionName == "" {
		return env, nil
	}
	w, err := workspace.Open(ctx, root)
	if err != nil {
		return nil, fmt.Errorf("read the definition of the envelope: %w", err)
	}
	if problems := env.Link(w.Library); len(problems) > 0 {
		return nil, envelopeError(problems)
	}
	return env, nil
}

func envelopeError(problems []diag.Diagnostic) error {
	diag.Sort(problems)
	at := problems[0].Position()
	return fmt.Errorf("read envelope: %s:%d:%d: %s", problems[0].File.Path, at.Line, at.Column, problems[0].Message)
}

// presetEnvelope is an envelope by its name, flat without one.
func presetEnvelope(name string) (*envelope.Envelope, error) {
	if name == "" {
		return envelope.Default(), nil
	}
	env, problems := envelope.Parse(&workspace.Config{Envelope: &document.Node{Text: name}})
	if len(problems) > 0 {
		return nil, fmt.Errorf("preset is %q, expected %s", name, strings.Join(envelope.PresetNames(), ", "))
	}
	return env, nil
}
