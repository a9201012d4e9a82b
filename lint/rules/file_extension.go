package rules

import (
	"fmt"
	"path"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var fileExtension = lint.Rule{
	ID: "file-extension", Group: lint.Files, Profile: lint.Strict, Severity: diag.Info,
	Summary:   "some contract files end in .yaml and others in .yml",
	Why:       "Searches, editors and patterns in evctl.yaml name one of the two and miss the other.",
	Workspace: checkFileExtension,
}

func checkFileExtension(p *lint.Pass) {
	counts := map[string]int{}
	for _, c := range p.Workspace.Contracts {
		counts[path.Ext(c.File.Path)]++
	}
	usual, odd := ".yaml", ".yml"
	if counts[odd] > counts[usual] {
		usual, odd = odd, usual
	}
	if counts[odd] == 0 {
		return
	}
	for _, c := range p.Workspace.Contracts {
		if path.Ext(c.File.Path) == odd {
			p.ReportIn(c, diag.Location{File: c.File}, "/file", fmt.Sprintf("file ends in %s, the others in %s", odd, usual), "rename it")
		}
	}
}
