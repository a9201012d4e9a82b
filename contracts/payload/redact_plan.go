package payload

import (
	"maps"
	"regexp"

	"github.com/evctl/evctl/contracts"
)

// redaction says what privacy asks of the values of a schema. nil: nothing.
type redaction struct {
	action Action

	// Objects and maps. Every declared property is there, with nil where nothing is to do.
	properties map[string]*redaction
	patterns   []redactionPattern
	rest       *redaction // of members that nothing else describes
	described  bool       // the contract describes those, also where rest is nil
	undeclared Action     // of those where it does not
	keys       Action     // of names that are data

	items *redaction

	choice   *choice
	variants []*redaction
}

type redactionPattern struct {
	pattern *regexp.Regexp
	value   *redaction // nil: nothing to do
}

// redactor makes redactions.
type redactor struct {
	privacy *Privacy
	done    map[redactionKey]*redaction
	err     error
}

// redactionKey is a schema, and whether something around it is hashed. What is in there
// has to be known to the last name, as others are hashed too.
type redactionKey struct {
	schema *contracts.Schema
	hashed bool
}

// plan is the redaction of a schema.
func (c *redactor) plan(s *contracts.Schema, hashed bool) *redaction {
	if s == nil {
		return nil
	}
	key := redactionKey{s, hashed}
	if p, ok := c.done[key]; ok {
		return p
	}
	p := c.compile(s, hashed)
	if c.done == nil {
		c.done = map[redactionKey]*redaction{}
	}
	c.done[key] = p
	return p
}

func (c *redactor) compile(s *contracts.Schema, hashed bool) *redaction {
	action := c.privacy.of(s.PII)
	hashed = hashed || action == Hash
	if s.Ref != "" && s.Target != nil {
		return stricter(c.plan(s.Target, hashed), action)
	}
	p := &redaction{action: action}
	needed := hashed || action != Keep
	switch {
	case s.Union != nil:
		needed = c.union(p, s.Union, hashed, needed) || needed
	case s.Types.Has(contracts.Object):
		needed = c.object(p, s, hashed) || needed
	case s.Types.Has(contracts.Map):
		p.rest, p.keys = c.plan(s.Values, hashed), c.actionOf(s.MapKeys)
		needed = p.rest != nil || p.keys != Keep || needed
	case s.Types.Has(contracts.Array):
		p.items = c.plan(s.Items, hashed)
		needed = p.items != nil || needed
	}
	if !needed {
		return nil
	}
	return p
}

// stricter is a redaction with at least an action.
func stricter(p *redaction, action Action) *redaction {
	switch {
	case action == Keep || p != nil && p.action >= action:
		return p
	case p == nil:
		return &redaction{action: action}
	}
	other := *p
	other.action = action
	return &other
}

// actionOf is the strictest class along the references of a schema, which may be nil.
func (c *redactor) actionOf(s *contracts.Schema) Action {
	action := Keep
	for ; s != nil; s = s.Target {
		action = max(action, c.privacy.of(s.PII))
	}
	return action
}

func (c *redactor) object(p *redaction, s *contracts.Schema, hashed bool) (needed bool) {
	p.properties = map[string]*redaction{}
	for _, property := range s.Properties {
		plan := c.plan(property.Schema, hashed)
		p.properties[property.Name] = plan
		needed = needed || plan != nil
	}
	for _, pattern := range s.PatternProperties {
		re, err := regexp.Compile(pattern.Pattern)
		if err != nil {
			c.err = err
			return true
		}
		plan := c.plan(pattern.Schema, hashed)
		p.patterns = append(p.patterns, redactionPattern{re, plan})
		needed = needed || plan != nil
	}
	p.rest = c.plan(s.Additional.Schema, hashed)
	p.described = s.Additional.Schema != nil
	if s.Additional.Allowed && s.Additional.Schema == nil {
		p.undeclared = c.privacy.Undeclared
	}
	return needed || p.rest != nil || p.undeclared != Keep
}

func (c *redactor) union(p *redaction, u *contracts.Union, hashed, needed bool) bool {
	for _, v := range u.Variants {
		plan := c.plan(v.Schema, hashed)
		if plan != nil && v.TagImplied {
			plan = plan.declaring(u.Discriminator)
		}
		p.variants = append(p.variants, plan)
		needed = needed || plan != nil
	}
	if needed {
		p.choice, c.err = newChoice(u, c.err)
	}
	return needed
}

// declaring is a redaction that knows one more property.
func (p *redaction) declaring(name string) *redaction {
	other := *p
	other.properties = map[string]*redaction{name: nil}
	maps.Copy(other.properties, p.properties)
	return &other
}
