package contracts

import "github.com/evctl/evctl/contracts/document"

// SchemaKeywords are the keywords of schemas with the types they constrain.
func SchemaKeywords() map[string]Types {
	all := map[string]Types{}
	for name, k := range schemaKeywords {
		all[name] = k.types
	}
	return all
}

// Limits are the numbers that the reference promises.
var Limits = []int{document.MaxBytes, document.MaxNodes, document.MaxDepth, document.MaxProblems, maxExpanded, maxName, maxPattern, maxExponent, maxGroups}

// ContractKeywords are the keys of an event that are not about its payload.
func ContractKeywords() []string {
	var names []string
	for name := range contractKeywords {
		names = append(names, name)
	}
	return names
}
