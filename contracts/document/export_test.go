package document

import "github.com/evctl/evctl/contracts/diag"

// ParseYAML reads a file with the YAML library even when it is JSON.
func ParseYAML(f *diag.File) (*Node, []diag.Diagnostic) {
	p := &parser{file: f, memory: &Reader{}}
	root := p.load()
	if root == nil {
		return nil, p.diags
	}
	n := p.convert(root, 0)
	if p.overLimit {
		return nil, p.diags
	}
	return n, p.diags
}
