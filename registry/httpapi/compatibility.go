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
	against := []*contracts.Contract{old}
	if old == nil {
		if against, err = s.released(r, candidate.Name); err != nil {
			return err
		}
	}
	judgement, err := s.service.Judge(r.Context(), candidate, against)
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

// released parses the released versions of an event.
func (s *Server) released(r *http.Request, event string) ([]*contracts.Contract, error) {
	v, err := s.current()
	if err != nil {
		return nil, err
	}
	var list []*contracts.Contract
	for _, version := range v.versions(event) {
		list = append(list, v.releases[releaseKey{event, version}].contract)
	}
	return list, nil
}

// parsePair reads {"old": …, "new": …}; old is nil when it is not there.
func parsePair(f *diag.File) (old, candidate *contracts.Contract, err error) {
	node, diags := document.Parse(f)
	if node == nil || len(diags) > 0 || node.Kind != document.Mapping {
		message := "body is not a JSON object"
		if len(diags) > 0 {
			message = "body cannot be read: " + diags[0].Message
		}
		return nil, nil, registry.Errorf(registry.CodeRequestInvalid, "%s", message)
	}
	for _, e := range node.Entries {
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

// parseMember reads a contract that is an object of the body, or YAML in a string.
func parseMember(f *diag.File, e document.Entry) (*contracts.Contract, error) {
	switch {
	case e.Key != "old" && e.Key != "new":
		return nil, registry.Errorf(registry.CodeRequestInvalid, `body has a member %q, expected "old" and "new"`, e.Key)
	case e.Value.Kind == document.Scalar && e.Value.Quoted:
		return parseContract(diag.NewFile(e.Key, []byte(e.Value.Text)))
	case e.Value.Kind == document.Mapping:
		return linked(contracts.FromNode(f, e.Value))
	}
	return nil, registry.Errorf(registry.CodeRequestInvalid, "member %q has %s, expected a contract", e.Key, e.Value.Describe())
}
