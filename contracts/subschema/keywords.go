package subschema

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/evctl/evctl/contracts/formats"
	"github.com/evctl/evctl/contracts/subschema/regular"
)

var kindNames = map[string]kind{
	"null": kindNull, "boolean": kindBoolean, "number": kindNumber, "string": kindString, "array": kindArray, "object": kindObject,
}

func (k *reader) types() {
	v, ok := k.m["type"]
	if !ok {
		return
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var mask kind
	integer := false
	for _, t := range list {
		name, _ := t.(string)
		switch known, ok := kindNames[name]; {
		case ok:
			mask |= known
		case name == "integer":
			integer = true
		default:
			k.fail("type", "%s is no type", writeValue(t))
			return
		}
	}
	if integer && mask&kindNumber == 0 {
		mask |= kindNumber
		k.add(k.multiple(big.NewRat(1, 1)))
	}
	k.add(k.space.is(mask))
}

func (k *reader) constants() {
	if v, ok := k.since("const", draft6); ok {
		k.add(k.space.enum(v))
	}
	if v, ok := k.m["enum"]; ok {
		list, ok := v.([]any)
		if !ok {
			k.fail("enum", "a list is expected")
			return
		}
		k.add(k.space.enum(list...))
	}
}

func (k *reader) numbers() {
	strictMin, strictMax := false, false
	if k.r.draft == draft4 {
		strictMin, _ = k.m["exclusiveMinimum"].(bool)
		strictMax, _ = k.m["exclusiveMaximum"].(bool)
	}
	if r := k.rational("minimum"); r != nil {
		k.add(k.space.add(node{op: opMin, bound: r, strict: strictMin}))
	}
	if r := k.rational("maximum"); r != nil {
		k.add(k.space.add(node{op: opMax, bound: r, strict: strictMax}))
	}
	if k.r.draft > draft4 {
		if r := k.rational("exclusiveMinimum"); r != nil {
			k.add(k.space.add(node{op: opMin, bound: r, strict: true}))
		}
		if r := k.rational("exclusiveMaximum"); r != nil {
			k.add(k.space.add(node{op: opMax, bound: r, strict: true}))
		}
	}
	if r := k.rational("multipleOf"); r != nil {
		if r.Sign() <= 0 {
			k.fail("multipleOf", "%s is not above zero", r.RatString())
			return
		}
		k.add(k.multiple(r))
	}
}

func (c *compiler) multiple(r *big.Rat) formula {
	return c.space.add(node{op: opMultiple, bound: r})
}

func (k *reader) rational(keyword string) *big.Rat {
	v, ok := k.m[keyword]
	if !ok {
		return nil
	}
	n, ok := v.(json.Number)
	if !ok {
		k.fail(keyword, "a number is expected, found %s", writeValue(v))
		return nil
	}
	return ratOf(n)
}

// maxCount stands for every larger bound of a length or a count: nothing that is
// ever written down has more.
const maxCount = 1 << 40

// count reads a keyword that bounds a length; ok is false when it is not there.
func (k *reader) count(keyword string) (n int, ok bool) {
	r := k.rational(keyword)
	if r == nil {
		return 0, false
	}
	if !r.IsInt() || r.Sign() < 0 {
		k.fail(keyword, "%s is not a whole number from 0 on", r.RatString())
		return 0, false
	}
	if !r.Num().IsInt64() || r.Num().Int64() > maxCount {
		return maxCount, true
	}
	return int(r.Num().Int64()), true
}

func (k *reader) bounds(min op, minKeyword string, max op, maxKeyword string) {
	if n, ok := k.count(minKeyword); ok {
		k.add(k.space.counted(min, n))
	}
	if n, ok := k.count(maxKeyword); ok {
		k.add(k.space.counted(max, n))
	}
}

func (k *reader) strings() {
	k.bounds(opMinLength, "minLength", opMaxLength, "maxLength")
	if v, ok := k.m["pattern"]; ok {
		text, ok := v.(string)
		if !ok {
			k.fail("pattern", "a string is expected")
			return
		}
		k.add(k.pattern(text))
	}
	if name, ok := k.m["format"].(string); ok && k.schema.formats && formats.Known(name) {
		k.add(k.format(name))
	}
}

// pattern is the set of strings that a regular expression finds something in.
func (c *compiler) pattern(re string) formula {
	return c.language("pattern "+re, func() (*regular.Language, error) { return regular.Pattern(re) })
}

func (c *compiler) format(name string) formula {
	return c.language("format "+name, func() (*regular.Language, error) {
		l, ok := regular.Format(name)
		if !ok {
			return nil, fmt.Errorf("format %s has no automaton", name)
		}
		return l, nil
	})
}

func (c *compiler) language(source string, make func() (*regular.Language, error)) formula {
	if f, ok := c.langs[source]; ok {
		return f
	}
	var f formula
	if l, err := make(); err != nil {
		f = c.space.or(-c.space.is(kindString), c.space.opaqueSource(err.Error(), source))
	} else {
		f = c.space.add(node{op: opLanguage, text: source, language: l})
	}
	c.langs[source] = f
	return f
}

func (k *reader) members() {
	k.bounds(opMinMembers, "minProperties", opMaxMembers, "maxProperties")
	for _, name := range k.nameList("required", k.m["required"]) {
		k.add(k.space.has(name))
	}
	for name, sub := range sorted(k.object("properties")) {
		k.add(k.space.names(k.space.name(name), k.below(sub)))
	}
	for pattern, sub := range sorted(k.object("patternProperties")) {
		k.add(k.space.names(k.pattern(pattern), k.below(sub)))
	}
	if v, ok := k.m["additionalProperties"]; ok {
		k.add(k.space.names(-k.declared(), k.below(v)))
	}
	if v, ok := k.since("propertyNames", draft6); ok {
		k.add(k.space.names(-k.below(v), never))
	}
}

// declared is the set of names that properties and patternProperties speak about.
func (k *reader) declared() formula {
	var names []value
	for name := range sorted(k.object("properties")) {
		names = append(names, name)
	}
	sets := []formula{k.space.enum(names...)}
	for pattern := range sorted(k.object("patternProperties")) {
		sets = append(sets, k.pattern(pattern))
	}
	return k.space.or(sets...)
}

func sorted(m map[string]any) func(yield func(string, any) bool) {
	return func(yield func(string, any) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !yield(key, m[key]) {
				return
			}
		}
	}
}

func (k *reader) nameList(keyword string, v any) []string {
	if v == nil {
		return nil
	}
	if _, old := v.(bool); old && k.r.draft == draft4 {
		// Draft 3 had a boolean here, which draft 4 does not know.
		k.fail(keyword, "a list of names is expected")
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		k.fail(keyword, "a list of names is expected")
		return nil
	}
	var names []string
	for _, item := range list {
		name, ok := item.(string)
		if !ok {
			k.fail(keyword, "%s is no name", writeValue(item))
			return nil
		}
		names = append(names, name)
	}
	return names
}

func (k *reader) dependencies() {
	for name, v := range sorted(k.object("dependencies")) {
		if _, ok := v.([]any); ok {
			k.dependentRequired(name, v)
		} else {
			k.dependent(name, k.here(v))
		}
	}
	if k.r.draft < draft2019 {
		return
	}
	for name, v := range sorted(k.object("dependentRequired")) {
		k.dependentRequired(name, v)
	}
	for name, v := range sorted(k.object("dependentSchemas")) {
		k.dependent(name, k.here(v))
	}
}

func (k *reader) dependentRequired(name string, v any) {
	var all []formula
	for _, needed := range k.nameList("dependentRequired", v) {
		all = append(all, k.space.has(needed))
	}
	k.dependent(name, k.space.and(all...))
}

func (k *reader) dependent(name string, f formula) {
	k.add(k.space.or(k.space.lacks(name), f))
}

func (k *reader) itemKeywords() {
	k.bounds(opMinItems, "minItems", opMaxItems, "maxItems")
	if unique, _ := k.m["uniqueItems"].(bool); unique {
		k.add(k.space.add(node{op: opUnique}))
	}
	prefix, rest := k.itemSchemas()
	for i, sub := range prefix {
		k.add(k.space.items(i, i+1, k.below(sub)))
	}
	if rest != nil {
		k.add(k.space.items(len(prefix), -1, k.below(rest)))
	}
	if v, ok := k.since("contains", draft6); ok {
		k.contains(k.below(v))
	}
}

// itemSchemas are the schemas of the first items and of all others, which is nil when
// nothing is said about them.
func (k *reader) itemSchemas() (prefix []any, rest any) {
	if k.r.draft >= draft2020 {
		return k.list("prefixItems"), k.m["items"]
	}
	if list, ok := k.m["items"].([]any); ok {
		return list, k.m["additionalItems"]
	}
	return nil, k.m["items"]
}

func (k *reader) contains(f formula) {
	least, most, bounded := 1, 0, false
	if k.r.draft >= draft2019 {
		if n, ok := k.count("minContains"); ok {
			least = n
		}
		most, bounded = k.count("maxContains")
	}
	if least > 0 {
		k.add(k.space.add(node{op: opMinContains, count: least, kids: []formula{f}}))
	}
	if bounded {
		k.add(k.space.add(node{op: opMaxContains, count: most, kids: []formula{f}}))
	}
}

func (k *reader) combinations() {
	for _, sub := range k.list("allOf") {
		k.add(k.here(sub))
	}
	if _, ok := k.m["anyOf"]; ok {
		k.add(k.space.or(k.all("anyOf")...))
	}
	if _, ok := k.m["oneOf"]; ok {
		k.add(k.space.one(k.all("oneOf")...))
	}
	if v, ok := k.m["not"]; ok {
		k.add(-k.here(v))
	}
	if v, ok := k.since("if", draft7); ok {
		condition := k.here(v)
		if then, ok := k.m["then"]; ok {
			k.add(k.space.implies(condition, k.here(then)))
		}
		if other, ok := k.m["else"]; ok {
			k.add(k.space.or(condition, k.here(other)))
		}
	}
}

func (k *reader) all(keyword string) []formula {
	var list []formula
	for _, sub := range k.list(keyword) {
		list = append(list, k.here(sub))
	}
	return list
}
