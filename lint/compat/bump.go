package compat

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/workspace"
)

// Bump is a version that has to be raised.
type Bump struct {
	Contract *contracts.Contract
	// To is the smallest version that the contract can be released as.
	To contracts.Version
	// Over is the latest released version, and Needed what the changes ask for over it.
	Over   contracts.Version
	Needed contracts.Bump
	// Reason is the change that asks for most, in people's words.
	Reason string
	// Edit writes the version; nil where it does not stand in the file as it is, such as
	// behind an alias.
	Edit *diag.Edit
}

// Bumps lists the events whose versions claim too little, in the order given. Versions
// that claim too much are left as they are. It fails with an *Edited where a release is not
// what was released: what is needed cannot be known then.
func (k Comparison) Bumps(ctx context.Context, cfg *workspace.Config, events []*contracts.Contract) ([]Bump, error) {
	judged, err := k.all(ctx, cfg, events)
	if err != nil {
		return nil, err
	}
	var list []Bump
	for i, j := range judged {
		if len(j.edited) > 0 {
			d := j.edited[0]
			return nil, fmt.Errorf("compare %s with its releases: %s: %w", document.Quote(events[i].Name), d.File.Path,
				&Edited{Location: d.Location, Subject: d.Subject, Message: d.Message, Hint: d.Hint})
		}
		if j.Version != events[i].Version {
			list = append(list, Bump{events[i], j.Version, j.latest, j.Needed, j.Reason, versionEdit(events[i], j.Version)})
		}
	}
	return list, nil
}

// versionEdit writes another version where the contract has its own, quotes kept; nil
// where it does not stand there.
func versionEdit(c *contracts.Contract, next contracts.Version) *diag.Edit {
	at := c.At("version")
	text := at.Text()
	if strings.Trim(text, `"'`) != c.Version.String() {
		return nil
	}
	return &diag.Edit{Location: at, New: strings.Replace(text, c.Version.String(), next.String(), 1)}
}

// origin is the shared definition or fragment in which a change was made, with the place;
// the name is empty when it was made in the event itself.
func origin(c *contracts.Contract, f Finding) (name string, at diag.Location) {
	place := f.Change.At()
	file := place.New.File
	if place.In != nil && place.In.New != nil {
		file = place.In.New.File
	}
	if file == nil || file == c.File {
		return "", diag.Location{}
	}
	at = place.New
	for _, d := range c.Definitions {
		if !d.Local && d.Schema.File == file {
			name, at = "definition "+document.Quote(d.Name), orElse(at, file, d.Schema)
		}
	}
	if i := slices.IndexFunc(c.Payload.Properties, func(p *contracts.Property) bool { return p.From != nil && p.From.File == file }); name == "" && i >= 0 {
		name = "fragment " + document.Quote(c.Payload.Properties[i].From.Name)
	}
	return name, at
}

// orElse is a place in the file, or else where the definition stands in it.
func orElse(at diag.Location, file *diag.File, s *contracts.Schema) diag.Location {
	if at.File == file {
		return at
	}
	return diag.Location{File: file, Span: s.Span}
}
