package rules

import (
	"slices"
	"sync"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/lint"
)

// reach answers questions about a schema with all its references followed, and
// remembers the answers for definitions.
type reach struct{ known sync.Map } // *contracts.Schema to reached

// reached is what lies below a schema.
type reached struct {
	pii   contracts.PII // the most protected class
	depth int           // objects, arrays and maps inside each other
}

func reachOf(p *lint.Pass, s *contracts.Schema) reached {
	return lint.Shared(p, func(*lint.Pass) *reach { return &reach{} }).of(s)
}

func (r *reach) of(s *contracts.Schema) reached {
	if s == nil {
		return reached{}
	}
	if s.Target != nil {
		target := r.definition(s.Target)
		target.pii = moreProtected(target.pii, s.PII)
		return target
	}
	out := reached{pii: s.PII}
	below := func(child *contracts.Schema) {
		if child == nil {
			return
		}
		c := r.of(child)
		out.pii = moreProtected(out.pii, c.pii)
		out.depth = max(out.depth, c.depth)
	}
	for _, property := range s.Properties {
		below(property.Schema)
	}
	for _, property := range s.PatternProperties {
		below(property.Schema)
	}
	below(s.Additional.Schema)
	below(s.Items)
	below(s.Values)
	if s.Union != nil {
		for _, v := range s.Union.Variants {
			below(v.Schema)
		}
	}
	if s.Types&(contracts.Object|contracts.Array|contracts.Map) != 0 {
		out.depth++
	}
	return out
}

func (r *reach) definition(s *contracts.Schema) reached {
	if known, ok := r.known.Load(s); ok {
		return known.(reached)
	}
	out := r.of(s)
	r.known.Store(s, out)
	return out
}

func moreProtected(a, b contracts.PII) contracts.PII {
	if slices.Index(contracts.PIIClasses, b) > slices.Index(contracts.PIIClasses, a) {
		return b
	}
	return a
}
