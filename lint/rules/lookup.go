package rules

import (
	"sync"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/lint"
)

// lookup finds properties of large objects without going through all of them.
type lookup struct{ objects sync.Map } // *contracts.Schema to map[string]*contracts.Property

// largeObject is the number of properties from which a table pays.
const largeObject = 32

// propertyOf is Schema.Property at the same cost for objects of any size.
func propertyOf(p *lint.Pass, s *contracts.Schema, name string) *contracts.Property {
	if len(s.Properties) < largeObject {
		return s.Property(name)
	}
	known := lint.Shared(p, func(*lint.Pass) *lookup { return &lookup{} })
	table, ok := known.objects.Load(s)
	if !ok {
		byName := make(map[string]*contracts.Property, len(s.Properties))
		for _, property := range s.Properties {
			byName[property.Name] = property
		}
		table, _ = known.objects.LoadOrStore(s, byName)
	}
	return table.(map[string]*contracts.Property)[name]
}
