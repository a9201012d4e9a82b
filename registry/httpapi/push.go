package httpapi

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/waivers"
	"github.com/evctl/evctl/registry"
)

// POST /v1/events/{event}/versions
func (s *Server) push(w http.ResponseWriter, r *http.Request) error {
	if err := s.authorize(r); err != nil {
		return err
	}
	dryRun, err := boolParameter(r, "dry_run")
	if err != nil {
		return err
	}
	media, err := mediaType(r, mediaYAML, "application/x-yaml", "text/yaml", mediaJSON, registry.MediaPush)
	if err != nil {
		return err
	}
	b, err := s.readBody(w, r, document.MaxBytes)
	if err != nil {
		return err
	}
	defer b.release()
	c, approved, err := parsePush(media, b.data)
	if err != nil {
		return err
	}
	if event := r.PathValue("event"); c.Name != event {
		return registry.Errorf(registry.CodeRequestInvalid, "contract is of event %q, the path names %q", c.Name, event)
	}
	report, err := s.service.Push(r.Context(), []*contracts.Contract{c}, registry.PushOptions{DryRun: dryRun, Waivers: approved})
	if err != nil {
		return err
	}
	outcome := report.Outcomes[0]
	switch outcome.Status {
	case registry.Refused, registry.Skipped:
		return findingsError{&registry.Error{Code: outcome.Code, Message: outcome.Message, Hint: outcome.Hint}, outcome.Findings}
	case registry.Pushed:
		// The release is safe already: when it cannot be served yet, /readyz says so.
		_ = s.Reload(r.Context(), false)
		w.Header().Set("Location", "/v1/"+registry.ReleasePath(outcome.Event, outcome.Version))
		return writeJSON(w, http.StatusCreated, outcome)
	}
	return writeJSON(w, http.StatusOK, outcome)
}

// parsePush reads a contract, or {"contract": …, "waivers": […]}.
func parsePush(media string, data []byte) (c *contracts.Contract, approved []waivers.Waiver, err error) {
	if media != registry.MediaPush {
		c, err = parseContract(diag.NewFile("contract", data))
		return c, nil, err
	}
	f := diag.NewFile("body", data)
	node, err := parseObject(f)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range node.Entries {
		switch e.Key {
		case "contract":
			c, err = parseMember(f, e)
		case "waivers":
			approved, err = parseWaivers(f, e.Value)
		default:
			err = registry.Errorf(registry.CodeRequestInvalid, `body has a member %q, expected "contract" and "waivers"`, e.Key)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	if c == nil {
		return nil, nil, registry.Errorf(registry.CodeRequestInvalid, `body has no member "contract"`)
	}
	return c, approved, nil
}

// parseWaivers reads waivers that are whole. Whether they are over and which breaks they
// cover is the service's to say.
func parseWaivers(f *diag.File, n *document.Node) ([]waivers.Waiver, error) {
	var list []waivers.Waiver
	if diags := document.Decode(f, n, &list, contracts.Nearest); len(diags) > 0 {
		return nil, registry.Errorf(registry.CodeRequestInvalid, "waivers cannot be read: %s", diags[0].Message)
	}
	for i := range list {
		if list[i].Malformed() {
			return nil, registry.Errorf(registry.CodeRequestInvalid, "waiver %d lacks something", i+1).
				WithHint("it has fingerprint, rule, event, path, reason, approver, created and expires")
		}
	}
	return list, nil
}

// authorize decides whether a request may push.
func (s *Server) authorize(r *http.Request) error {
	if s.opt.Token == "" {
		if s.opt.AllowPush {
			return nil
		}
		return registry.Errorf(registry.CodePushForbidden, "this server does not take pushes").
			WithHint("start it with --token-file, or with --allow-push on a loopback address")
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	// Comparing digests takes the same time for every wrong token of every length.
	got, want := sha256.Sum256([]byte(strings.TrimSpace(token))), sha256.Sum256([]byte(s.opt.Token))
	if !strings.EqualFold(scheme, "Bearer") || subtle.ConstantTimeCompare(got[:], want[:]) == 0 {
		return registry.Errorf(registry.CodeUnauthorized, "the token is missing or wrong").
			WithHint("send Authorization: Bearer TOKEN; evctl push takes it from EVCTL_TOKEN")
	}
	return nil
}

func boolParameter(r *http.Request, name string) (bool, error) {
	query, err := parseQuery(r)
	if err != nil {
		return false, err
	}
	switch value := query.Get(name); value {
	case "true":
		return true, nil
	case "false", "":
		return false, nil
	default:
		return false, registry.Errorf(registry.CodeRequestInvalid, "query parameter %s has %q, expected true or false", name, value)
	}
}

// parseContract reads a self-contained event.
func parseContract(f *diag.File) (*contracts.Contract, error) {
	c, diags := contracts.Parse(f)
	return linked(c, diags)
}

func linked(c *contracts.Contract, diags []diag.Diagnostic) (*contracts.Contract, error) {
	if c != nil && c.Kind != contracts.Event {
		return nil, registry.Errorf(registry.CodeContractInvalid, "%s is not an event", c.ID())
	}
	if c != nil {
		empty, _ := contracts.NewLibrary(nil)
		diags = append(diags, empty.Link(c)...)
	}
	if c == nil || len(diags) > 0 {
		diag.Sort(diags)
		return nil, findingsError{
			registry.Errorf(registry.CodeContractInvalid, "the contract has errors").
				WithHint("shared definitions go under definitions: of the contract that is sent"), diags}
	}
	return c, nil
}
