package lint

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/workspace"
)

// maxExpression bounds the size of an expression in nodes of its syntax tree.
const maxExpression = 1000

// ContractFields is what an expression of a custom rule knows about a contract, as
// the variable event.
type ContractFields struct {
	Kind        string            `expr:"kind"` // event, define or fragment
	Name        string            `expr:"name"`
	Path        string            `expr:"path"` // of the file, relative to evctl.yaml
	Version     string            `expr:"version"`
	Owner       string            `expr:"owner"`
	Status      string            `expr:"status"`
	Title       string            `expr:"title"`
	Description string            `expr:"description"`
	Tags        []string          `expr:"tags"`
	Include     []string          `expr:"include"`
	Retention   string            `expr:"retention"`
	Days        int               `expr:"retention_days"` // -1: forever; 0: not said
	Deprecated  bool              `expr:"deprecated"`
	Examples    int               `expr:"examples"`   // how many there are
	Properties  []PropertyFields  `expr:"properties"` // all of them, nested ones too; included ones not
	Extensions  map[string]string `expr:"extensions"` // x-… keys, with their values as JSON
}

// PropertyFields is what an expression of a custom rule knows about a property, as
// the variable property of rules with `on: property`. Those see the properties of
// definitions and fragments too; event is then the definition or fragment.
type PropertyFields struct {
	Name        string            `expr:"name"`
	Pointer     string            `expr:"pointer"` // such as /properties/items/items/properties/sku
	Depth       int               `expr:"depth"`   // 1 for properties of the payload itself
	Type        string            `expr:"type"`    // such as string, or "string or integer"; "" for references and unions
	Ref         string            `expr:"ref"`
	Format      string            `expr:"format"`
	Pattern     string            `expr:"pattern"`
	Enum        []string          `expr:"enum"`
	Open        bool              `expr:"open"`
	Required    bool              `expr:"required"`
	Nullable    bool              `expr:"nullable"`
	Title       string            `expr:"title"`
	Description string            `expr:"description"`
	PII         string            `expr:"pii"`
	Unit        string            `expr:"unit"`
	Since       string            `expr:"since"`
	Deprecated  bool              `expr:"deprecated"`
	HasDefault  bool              `expr:"has_default"`
	HasMaximum  bool              `expr:"has_maximum"` // maxLength, maximum, maxItems or maxProperties
	Extensions  map[string]string `expr:"extensions"`
}

type eventVariables struct {
	Event ContractFields `expr:"event"`
}

type propertyVariables struct {
	Property PropertyFields `expr:"property"`
	Event    ContractFields `expr:"event"`
}

var ruleID = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// custom compiles the rules of evctl.yaml into the catalogue.
func (r *runner) custom() {
	list := r.w.Config.Node.Get("lint").Get("custom")
	var rules []Rule
	taken := map[string]bool{}
	for i, cfg := range r.w.Config.Lint.Custom {
		c := customRule{CustomRule: cfg, config: r.w.Config, node: item(list, i)}
		rule, problem := c.compile()
		if problem == nil && (r.catalogue.Rule(cfg.ID) != nil || taken[cfg.ID]) {
			problem = c.problem("id", fmt.Sprintf("rule ID %s is taken", document.Quote(cfg.ID)), "choose another one")
		}
		if problem != nil {
			r.config = append(r.config, *problem)
			continue
		}
		taken[cfg.ID] = true
		rules = append(rules, rule)
	}
	r.catalogue = r.catalogue.with(rules)
}

// customRule is one rule of evctl.yaml.
type customRule struct {
	workspace.CustomRule
	config  *workspace.Config
	node    *document.Node
	program *vm.Program
}

func (c *customRule) problem(key, message, hint string) *diag.Diagnostic {
	at := c.config.At("lint", "custom")
	if c.node != nil {
		at.Span = c.node.Span
	}
	if value := c.node.Get(key); value != nil {
		at.Span = value.Span
	}
	return &diag.Diagnostic{
		Rule: customRuleInvalid, Severity: diag.Error, Location: at,
		Subject: workspace.ConfigName + "#lint.custom/" + c.ID, Message: message, Hint: hint,
	}
}

func (c *customRule) compile() (Rule, *diag.Diagnostic) {
	var none Rule
	level := diag.Error
	if c.Severity != "" {
		var err error
		if level, err = diag.ParseSeverity(c.Severity); err != nil {
			return none, c.problem("severity", err.Error(), "")
		}
	}
	switch {
	case !ruleID.MatchString(c.ID):
		return none, c.problem("id", fmt.Sprintf("rule ID %s is not kebab-case", document.Quote(c.ID)), "write small letters and digits with hyphens between words")
	case strings.TrimSpace(c.Message) == "":
		return none, c.problem("message", fmt.Sprintf("rule %s has no message", c.ID), "say what is wrong, such as message: event {name} has no team tag")
	case strings.TrimSpace(c.When) == "":
		return none, c.problem("when", fmt.Sprintf("rule %s has no expression", c.ID), "say when it finds something, such as when: event.owner == \"\"")
	}
	rule := Rule{ID: c.ID, Group: Custom, Profile: Minimal, Severity: level, Summary: c.Message}
	var variables any
	switch c.On {
	case "", "event":
		variables, rule.Contract = eventVariables{}, c.checkEvent
	case "property":
		variables, rule.Contract = propertyVariables{}, c.checkProperties
	default:
		return none, c.problem("on", fmt.Sprintf("rule %s checks %s, expected event or property", c.ID, document.Quote(c.On)), "")
	}
	program, err := expr.Compile(c.When, expr.Env(variables), expr.AsBool(), expr.MaxNodes(maxExpression), expr.DisableBuiltin("now"))
	if err != nil {
		return none, c.expressionProblem(err)
	}
	c.program = program
	return rule, nil
}

// expressionProblem reports an error of an expression at its place in evctl.yaml,
// when the expression is written on one line without escapes.
func (c *customRule) expressionProblem(err error) *diag.Diagnostic {
	message, _, _ := strings.Cut(err.Error(), "\n")
	var located *file.Error
	found := errors.As(err, &located)
	if found {
		message = located.Message
	}
	message = goTypes.Replace(message)
	d := c.problem("when", fmt.Sprintf("rule %s: %s", c.ID, strings.TrimSpace(message)), "the fields are listed by evctl explain custom-rule-invalid")
	n := c.node.Get("when")
	if !found || n == nil {
		return d
	}
	text := d.Location.Text()
	if i := strings.Index(text, c.When); i >= 0 {
		runes := []rune(c.When)
		from := min(located.From, len(runes))
		start := d.Span.Start + int32(i+len(string(runes[:from])))
		d.Span = diag.Span{Start: start, End: max(start, min(d.Span.End, start+int32(max(1, located.To-located.From))))}
	}
	return d
}

// goTypes translates what the library says about our types.
var goTypes = strings.NewReplacer("type lint.ContractFields", "event", "type lint.PropertyFields", "property",
	"lint.ContractFields", "event", "lint.PropertyFields", "property")

// fieldsOf lists what expressions can ask about, for the explanation of the rule.
func fieldsOf(v any) string {
	t := reflect.TypeOf(v)
	var names []string
	for i := range t.NumField() {
		names = append(names, t.Field(i).Tag.Get("expr"))
	}
	return strings.Join(names, ", ")
}

// run evaluates the expression. An error is reported where the expression stands;
// once is enough, the result keeps the first.
func (c *customRule) run(p *Pass, variables any) bool {
	out, err := expr.Run(c.program, variables)
	if err != nil {
		d := c.expressionProblem(err)
		d.Message += fmt.Sprintf(" (for %s)", document.Quote(p.Contract.Name))
		d.Related = []diag.Related{{Location: p.Contract.Head(), Message: "while checking this contract"}}
		p.diags = append(p.diags, *d)
		return false
	}
	wrong, _ := out.(bool)
	return wrong
}

func (c *customRule) message(name string) string {
	return strings.ReplaceAll(c.Message, "{name}", document.Quote(name))
}

func (c *customRule) checkEvent(p *Pass) {
	if p.Contract.Kind == contracts.Event && c.run(p, eventVariables{contractFields(p)}) {
		p.Report(p.Contract.Head(), "", c.message(p.Contract.Name), c.Hint)
	}
}

func (c *customRule) checkProperties(p *Pass) {
	if len(p.Properties()) == 0 {
		return
	}
	contract := contractFields(p)
	for i, at := range p.Properties() {
		if c.run(p, propertyVariables{contract.Properties[i], contract}) {
			p.Report(at.Property.At(), at.Pointer(), c.message(at.Property.Name), c.Hint)
		}
	}
}

func contractFields(p *Pass) ContractFields {
	c := p.Contract
	f := ContractFields{
		Kind: string(c.Kind), Name: c.Name, Path: c.File.Path, Owner: c.Owner, Status: string(c.Status),
		Title: c.Payload.Title, Description: c.Payload.Description, Tags: c.Tags,
		Retention: string(c.Retention), Days: c.Retention.Days(),
		Deprecated: c.Payload.Deprecated != nil || c.Status == contracts.Deprecated,
		Examples:   len(c.Payload.Examples), Extensions: extensions(c.Payload),
	}
	if c.Kind == contracts.Event {
		f.Version = c.Version.String()
	}
	for _, include := range c.Include {
		f.Include = append(f.Include, include.Name)
	}
	for _, at := range p.Properties() {
		f.Properties = append(f.Properties, propertyFields(at))
	}
	return f
}

func propertyFields(at *Place) PropertyFields {
	s := at.Schema
	f := PropertyFields{
		Name: at.Property.Name, Pointer: at.Pointer(), Depth: at.Depth,
		Type: s.Types.String(), Ref: s.Ref, Format: s.Format, Pattern: s.Pattern, Open: s.Open,
		Required: at.Property.Required, Nullable: s.Nullable, Title: s.Title, Description: s.Description,
		PII: string(s.PII), Unit: s.Unit, Since: s.Since, Deprecated: s.Deprecated != nil, HasDefault: s.Default != nil,
		HasMaximum: s.MaxLength != nil || s.Maximum != nil || s.ExclusiveMaximum != nil || s.MaxItems != nil || s.MaxProperties != nil,
		Extensions: extensions(s),
	}
	for _, v := range s.Enum {
		f.Enum = append(f.Enum, v.Text())
	}
	return f
}

func extensions(s *contracts.Schema) map[string]string {
	if len(s.Extensions) == 0 {
		return nil
	}
	out := make(map[string]string, len(s.Extensions))
	for _, e := range s.Extensions {
		out[e.Name] = e.Value.JSON
	}
	return out
}
