package httpapi

import (
	"net/http"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint/report"
	"github.com/evctl/evctl/registry"
)

// compatibility is the answer of /v1/compatibility.
type compatibility struct {
	Event      string `json:"event"`
	Compatible bool   `json:"compatible"`
	// Needed is the bump that the changes ask for, Claimed the one of the versions.
	// Both are none where there is nothing to compare with.
	Needed  contracts.Bump `json:"needed"`
	Claimed contracts.Bump `json:"claimed"`
	// Against are the versions that were compared with, oldest first.
	Against  []contracts.Version `json:"against"`
	Findings []report.Finding    `json:"findings"`
}

// POST /v1/compatibility
func (s *Server) compatibility(w http.ResponseWriter, r *http.Request) error {
	if _, err := mediaType(r, mediaJSON); err != nil {
		return err
	}
	b, err := s.readBody(w, r, document.MaxBytes)
	if err != nil {
		return err
	}
	defer b.release()
	old, candidate, err := parsePair(diag.NewFile("body", b.data))
	if err != nil {
		return err
	}
	against, granted := []*contracts.Contract{old}, []string(nil)
	if old == nil {
		if against, granted, err = s.released(r, candidate.Name); err != nil {
			return err
		}
	}
	judgement, err := s.service.Judge(r.Context(), candidate, against, granted...)
	if err != nil {
		return err
	}
	answer := compatibility{
		Event: candidate.Name, Compatible: !judgement.Refused(), Needed: judgement.Needed,
		Against: []contracts.Version{}, Findings: report.NewFindings(judgement.Findings),
	}
	for _, c := range against {
		answer.Against = append(answer.Against, c.Version)
		answer.Claimed = candidate.Version.BumpFrom(c.Version)
	}
	return writeJSON(w, http.StatusOK, answer)
}

// released are the released versions of an event, and the breaks that they were allowed.
func (s *Server) released(r *http.Request, event string) (list []*contracts.Contract, granted []string, err error) {
	v, err := s.current()
	if err != nil {
		return nil, nil, err
	}
	for _, version := range v.versions(event) {
		release := v.releases[releaseKey{event, version}]
		list = append(list, release.contract)
		granted = append(granted, release.granted...)
	}
	return list, granted, nil
}

// parsePair reads {"old": …, "new": …}; old is nil when it is not there.
func parsePair(f *diag.File) (old, candidate *contracts.Contract, err error) {
	node, err := parseObject(f)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range node.Entries {
		if e.Key != "old" && e.Key != "new" {
			return nil, nil, registry.Errorf(registry.CodeRequestInvalid, `body has a member %q, expected "old" and "new"`, e.Key)
		}
		c, err := parseMember(f, e)
		switch {
		case err != nil:
			return nil, nil, err
		case e.Key == "old":
			old = c
		case e.Key == "new":
			candidate = c
		}
	}
	if candidate == nil {
		return nil, nil, registry.Errorf(registry.CodeRequestInvalid, `body has no member "new"`)
	}
	return old, candidate, nil
}

// parseObject reads a body that is an object.
func parseObject(f *diag.File) (*document.Node, error) {
	node, diags := document.Parse(f)
	switch {
	case len(diags) > 0:
		return nil, registry.Errorf(registry.CodeRequestInvalid, "body cannot be read: %s", diags[0].Message)
	case node == nil || node.Kind != document.Mapping:
		return nil, registry.Errorf(registry.CodeRequestInvalid, "body is not a JSON object")
	}
	return node, nil
}

// parseMember reads a contract that is an object of the body, or YAML in a string.
func parseMember(f *diag.File, e document.Entry) (*contracts.Contract, error) {
	switch {
	case e.Value.Kind == document.Scalar && e.Value.Quoted:
		return parseContract(diag.NewFile(e.Key, []byte(e.Value.Text)))
	case e.Value.Kind == document.Mapping:
		return linked(contracts.FromNode(f, e.Value))
	}
	return nil, registry.Errorf(registry.CodeRequestInvalid, "member %q has %s, expected a contract", e.Key, e.Value.Describe())
}
