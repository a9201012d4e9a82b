package importer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts/formats"
)

// generator makes payloads from JSON Schemas: likely ones, and changed ones. It reads
// the schemas as plain JSON, on its own, so that a misreading elsewhere shows.
type generator struct {
	rand    *rand.Rand
	schemas []any
	root    any      // the schema being generated from, for references
	pool    []any    // values that the schemas mention, and their neighbours
	names   []string // property names that the schemas mention
	budget  int      // nodes left for the payload being made
}

func newGenerator(r *rand.Rand, documents ...[]byte) (*generator, error) {
	g := &generator{rand: r}
	for _, text := range documents {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			return nil, fmt.Errorf("read schema for samples: %w", err)
		}
		g.schemas = append(g.schemas, v)
		g.collect(v)
	}
	g.pool = append(g.pool, nil, true, false, "", "x", json.Number("0"), json.Number("-1"), json.Number("1.0"), json.Number("0.5"),
		[]any{}, []any{nil}, map[string]any{}, map[string]any{"unexpected": nil})
	g.names = append(g.names, "unexpected", "")
	slices.Sort(g.names)
	g.names = slices.Compact(g.names)
	return g, nil
}

// payloads are at most n different payloads: from the original and the projection in
// turn one with every property, with all its parts replaced or left out one at a time,
// and then others, as they are and changed in one or two places.
func (g *generator) payloads(n int) [][]byte {
	var list [][]byte
	seen := map[string]bool{}
	add := func(v any) {
		raw := encode(v)
		if len(list) < n && !seen[string(raw)] {
			seen[string(raw)] = true
			list = append(list, raw)
		}
	}
	for _, schema := range g.schemas {
		v := g.instance(schema, true)
		add(v)
		for _, changed := range g.sweep(v, n/4) {
			add(changed)
		}
	}
	for i := 0; len(list) < n && i < n; i++ {
		v := g.instance(g.schemas[i%len(g.schemas)], false)
		add(v)
		add(g.mutate(v))
		add(g.mutate(g.mutate(v)))
	}
	return list
}

func (g *generator) instance(schema any, full bool) any {
	g.root, g.budget = schema, 200
	if full {
		g.budget = 1000
	}
	return g.value(schema, 0, full)
}

func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return []byte("null")
	}
	return bytes.TrimSpace(b.Bytes())
}

// replacements are what every part of a payload is replaced with.
var replacements = []any{absent{}, nil, "", "x", json.Number("1"), json.Number("1.5"), true, []any{}, map[string]any{}}

// sweep replaces, one at a time, the parts of a payload by values of each kind, and
// leaves members out; at most n of those, evenly spread.
func (g *generator) sweep(v any, n int) []any {
	parts := paths(v, nil)
	total := len(parts) * len(replacements)
	step := max(1, total/max(1, n))
	for step > 1 && step%len(replacements) == 0 {
		step-- // so that all replacements have their turn
	}
	var list []any
	for i := g.rand.IntN(step); i < total && len(list) < n; i += step {
		list = append(list, replaced(v, parts[i/len(replacements)], replacements[i%len(replacements)]))
	}
	return list
}

// absent stands for a member that is left out.
type absent struct{}

// paths lists where the parts of a value are: keys and indexes from the root.
func paths(v any, at []any) [][]any {
	list := [][]any{at}
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			list = append(list, paths(v[k], append(slices.Clip(at), k))...)
		}
	case []any:
		for i, item := range v {
			list = append(list, paths(item, append(slices.Clip(at), i))...)
		}
	}
	return list
}

// replaced is a copy of v with another part.
func replaced(v any, at []any, part any) any {
	if len(at) == 0 {
		if _, gone := part.(absent); gone {
			return v
		}
		return part
	}
	_, gone := part.(absent)
	gone = gone && len(at) == 1
	switch v := v.(type) {
	case map[string]any:
		c := maps.Clone(v)
		key := at[0].(string)
		if gone {
			delete(c, key)
		} else {
			c[key] = replaced(v[key], at[1:], part)
		}
		return c
	case []any:
		c := slices.Clone(v)
		i := at[0].(int)
		if gone {
			return slices.Delete(c, i, i+1)
		}
		c[i] = replaced(v[i], at[1:], part)
		return c
	}
	return v
}

// mutate changes one part of a value.
func (g *generator) mutate(v any) any {
	all := paths(v, nil)
	at := all[g.rand.IntN(len(all))]
	part := v
	for _, step := range at {
		switch p := part.(type) {
		case map[string]any:
			part = p[step.(string)]
		case []any:
			part = p[step.(int)]
		}
	}
	return replaced(v, at, g.changed(part))
}

func (g *generator) changed(v any) any {
	if g.rand.IntN(3) == 0 {
		return pick(g, g.pool)
	}
	switch v := v.(type) {
	case map[string]any:
		c := maps.Clone(v)
		name := pick(g, g.names)
		if keys := slices.Sorted(maps.Keys(c)); len(keys) > 0 && g.rand.IntN(2) == 0 {
			delete(c, pick(g, keys))
		}
		if g.rand.IntN(2) == 0 {
			c[name] = pick(g, g.pool)
		}
		return c
	case []any:
		if len(v) > 0 && g.rand.IntN(2) == 0 {
			return append(slices.Clone(v), v[0])
		}
		return append(slices.Clone(v), pick(g, g.pool))
	case string:
		return pick(g, []string{v + "x", v[:len(v)/2], " " + v, strings.ToUpper(v), v + v})
	case json.Number:
		return add(v, pick(g, []string{"1", "-1", "0.5", "1000000"}))
	}
	return pick(g, g.pool)
}

func pick[T any](g *generator, list []T) T { return list[g.rand.IntN(len(list))] }

func add(n json.Number, delta string) any {
	a, ok := new(big.Rat).SetString(string(n))
	b, _ := new(big.Rat).SetString(delta)
	if !ok || len(n) > 40 {
		return json.Number(delta)
	}
	return decimalOf(a.Add(a, b))
}

// decimalOf writes a number with at most 20 digits after the point.
func decimalOf(r *big.Rat) json.Number {
	digits, _ := r.FloatPrec()
	return json.Number(r.FloatString(min(digits, 20)))
}

// collect fills the pools with what a schema mentions.
func (g *generator) collect(v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			g.collectKeyword(k, v[k])
			g.collect(v[k])
		}
	case []any:
		for _, item := range v {
			g.collect(item)
		}
	}
}

func (g *generator) collectKeyword(keyword string, v any) {
	switch v := v.(type) {
	case map[string]any:
		if keyword == "properties" {
			g.names = append(g.names, slices.Sorted(maps.Keys(v))...)
		}
	case []any:
		switch keyword {
		case "enum":
			g.pool = append(g.pool, v...)
		case "required":
			for _, name := range v {
				if s, ok := name.(string); ok {
					g.names = append(g.names, s)
				}
			}
		}
	case json.Number:
		switch keyword {
		case "minLength", "maxLength":
			for d := -1; d <= 1; d++ {
				if n := whole(v) + d; n >= 0 && n <= maxText && len(g.pool) < 500 {
					g.pool = append(g.pool, strings.Repeat("ä", n))
				}
			}
		case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "const":
			g.pool = append(g.pool, v, add(v, "1"), add(v, "-1"))
		}
	case string:
		switch keyword {
		case "format":
			if f, ok := formats.Find(v); ok {
				g.pool = append(g.pool, f.Example)
			}
		case "const":
			g.pool = append(g.pool, v)
		}
	}
}

// maxText bounds generated texts, in characters.
const maxText = 20_000

func whole(n json.Number) int {
	r, ok := new(big.Rat).SetString(string(n))
	if !ok || len(n) > 20 {
		return 0
	}
	f, _ := r.Float64()
	return int(min(f, 1e6))
}

// matching makes a text that an RE2 pattern matches, roughly: anchors and word
// boundaries are taken for satisfied.
func (g *generator) matching(pattern string) string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "x"
	}
	var b strings.Builder
	g.match(re.Simplify(), &b, 0)
	return b.String()
}

func (g *generator) match(re *syntax.Regexp, b *strings.Builder, depth int) {
	if depth > 50 || b.Len() > maxText {
		return
	}
	times := 1
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			b.WriteRune(r)
		}
		return
	case syntax.OpCharClass:
		if len(re.Rune) > 0 {
			i := g.rand.IntN(len(re.Rune)/2) * 2
			b.WriteRune(re.Rune[i] + rune(g.rand.IntN(int(min(re.Rune[i+1]-re.Rune[i], 25))+1)))
		}
		return
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte("abc019-_ "[g.rand.IntN(9)])
		return
	case syntax.OpAlternate:
		g.match(pick(g, re.Sub), b, depth+1)
		return
	case syntax.OpStar, syntax.OpQuest:
		times = g.rand.IntN(2)
	case syntax.OpPlus:
		times = 1 + g.rand.IntN(2)
	case syntax.OpRepeat:
		times = re.Min
	}
	for range times {
		for _, sub := range re.Sub {
			g.match(sub, b, depth+1)
		}
	}
}
