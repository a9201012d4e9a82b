package subschema

import (
	"cmp"
	"fmt"
)

// What unevaluatedProperties and unevaluatedItems leave over depends on which of the
// schemas beside them accept the value. The value falls into one of several cases,
// which exclude each other; in each of them the rest is a known set, and the keyword
// becomes a constraint like any other. This is the elimination of annotations of
// Attouche et al.

// evaluation is a case: if the value satisfies when, then names is the set of
// members that were evaluated, and so were all items up to prefix and those that satisfy
// some of contains.
type evaluation struct {
	when     formula
	names    formula
	prefix   int
	allItems bool
	contains formula
	unknown  string // what keeps us from knowing what was evaluated
}

// maxEvaluations bounds the cases of one schema.
const maxEvaluations = 256

func (k *reader) unevaluated() {
	members, hasMembers := k.since("unevaluatedProperties", draft2019)
	items, hasItems := k.since("unevaluatedItems", draft2019)
	if !hasMembers && !hasItems {
		return
	}
	cases, ok := k.evaluations(false)
	if !ok {
		k.add(k.space.opaque(fmt.Sprintf("more than %d ways to evaluate the members or items of a schema", maxEvaluations)))
		return
	}
	var any []formula
	var member, item formula = always, always
	if hasMembers {
		member = k.below(members)
	}
	if hasItems {
		item = k.below(items)
	}
	for _, e := range cases {
		all := []formula{e.when}
		if e.unknown != "" {
			any = append(any, k.space.and(e.when, k.space.opaque(e.unknown)))
			continue
		}
		if hasMembers {
			all = append(all, k.space.names(-e.names, member))
		}
		if hasItems && !e.allItems {
			all = append(all, k.space.items(e.prefix, -1, k.space.or(item, e.contains)))
		}
		any = append(any, k.space.and(all...))
	}
	k.add(k.space.or(any...))
}

// evaluations are the cases of the schema that k reads, given that it accepts the
// value. outside says that the schema is looked at from a schema around it, for which
// its own unevaluated keywords count as well.
func (k *reader) evaluations(outside bool) ([]evaluation, bool) {
	own := evaluation{when: always, names: k.declared(), contains: never}
	if _, ok := k.m["additionalProperties"]; ok {
		own.names = always
	}
	if _, ok := k.m["unevaluatedProperties"]; ok && outside {
		own.names = always
	}
	prefix, rest := k.itemSchemas()
	_, unevaluated := k.m["unevaluatedItems"]
	own.prefix, own.allItems = len(prefix), rest != nil || outside && unevaluated
	if v, ok := k.since("contains", draft2020); ok {
		own.contains = k.below(v)
	}
	cases := []evaluation{own}
	for _, c := range k.choices() {
		if cases = c.apply(k, cases); len(cases) > maxEvaluations || k.err != nil {
			return nil, false
		}
	}
	return cases, true
}

// choice is a schema that is applied to the same value: whenever when holds.
type choice struct {
	when formula
	then []evaluation
}

// choices are the schemas beside the members and items, each with its condition.
func (k *reader) choices() []choice {
	var list []choice
	add := func(when formula, node any, r *resource) {
		if cases, ok := k.casesOf(node, r); ok {
			list = append(list, choice{when, cases})
		}
	}
	for _, keyword := range []string{"$ref", "$dynamicRef", "$recursiveRef"} {
		if keyword == "$dynamicRef" && k.r.draft < draft2020 || keyword == "$recursiveRef" && k.r.draft != draft2019 {
			continue
		}
		if t, ok := k.referenceTarget(keyword); ok {
			add(always, t.node, t.resource)
		}
		for _, f := range k.missing {
			list = append(list, choice{always, []evaluation{{when: always, names: never, contains: never, unknown: k.space.at(f).text}}})
		}
		k.missing = nil
	}
	for _, sub := range k.list("allOf") {
		add(always, sub, k.r)
	}
	for _, keyword := range []string{"anyOf", "oneOf"} {
		for _, sub := range k.list(keyword) {
			add(k.here(sub), sub, k.r)
		}
	}
	for name, sub := range sorted(k.object("dependentSchemas")) {
		add(k.space.and(k.space.is(kindObject), -k.space.lacks(name)), sub, k.r)
	}
	if v, ok := k.m["if"]; ok {
		condition := k.here(v)
		add(condition, v, k.r)
		if then, ok := k.m["then"]; ok {
			add(condition, then, k.r)
		}
		if other, ok := k.m["else"]; ok {
			add(-condition, other, k.r)
		}
	}
	return list
}

// casesOf are the cases of another schema; ok is false when it evaluates nothing.
func (k *reader) casesOf(node any, r *resource) ([]evaluation, bool) {
	m, isObject := node.(map[string]any)
	if !isObject {
		return nil, false
	}
	r = k.schema.owner(m, r)
	inner := &reader{compiler: k.compiler, m: m, r: r, env: k.env.enter(r)}
	if k.evaluating[identity(m)] {
		return []evaluation{{when: always, names: never, contains: never, unknown: "unevaluated keywords around a schema that contains itself"}}, true
	}
	k.evaluating[identity(m)] = true
	defer delete(k.evaluating, identity(m))
	cases, ok := inner.evaluations(true)
	if inner.err != nil && k.err == nil {
		k.err = inner.err
	}
	if !ok {
		return []evaluation{{when: always, names: never, contains: never, unknown: "too many ways to evaluate the members or items of a schema"}}, true
	}
	if len(cases) == 1 && cases[0] == (evaluation{when: always, names: never, contains: never}) {
		return nil, false
	}
	return cases, true
}

// apply splits the cases by a choice: where its condition holds, what it evaluates is
// added.
func (c choice) apply(k *reader, cases []evaluation) []evaluation {
	var next []evaluation
	for _, e := range cases {
		for _, then := range c.then {
			when := k.space.and(e.when, c.when, then.when)
			if when == never {
				continue
			}
			next = append(next, evaluation{
				when: when, names: k.space.or(e.names, then.names), prefix: max(e.prefix, then.prefix),
				allItems: e.allItems || then.allItems, contains: k.space.or(e.contains, then.contains),
				unknown: cmp.Or(e.unknown, then.unknown),
			})
		}
		if without := k.space.and(e.when, -c.when); without != never {
			e.when = without
			next = append(next, e)
		}
	}
	return next
}
