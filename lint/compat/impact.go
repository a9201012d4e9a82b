package compat

import (
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/diff"
)

// Impact is what one change does to each kind of consumer. The table in doc.go says
// which change does what.
type Impact struct {
	Collector        Effect // whoever validates payloads
	ProtobufWire     Effect // programs with the protobuf code of the other version
	GoSource         Effect // programs that were written against the generated Go
	TypeScriptSource Effect // the same for TypeScript
	Warehouse        Effect // tables that were made for the old version
}

// Effect is what a change does to one consumer, and why, in one short sentence
// without capital and full stop.
type Effect struct {
	Level EffectLevel
	Why   string
}

// EffectLevel orders effects; the zero value is NoEffect.
type EffectLevel uint8

const (
	NoEffect EffectLevel = iota
	// Compatible changes show, and nobody has to do anything.
	Compatible
	Breaking
)

func (l EffectLevel) String() string { return [...]string{"none", "compatible", "breaking"}[l] }

func none(why string) Effect       { return Effect{NoEffect, why} }
func compatible(why string) Effect { return Effect{Compatible, why} }
func breaking(why string) Effect   { return Effect{Breaking, why} }

// Effects lists the answers under the names of the consumers, the collector first.
func (i Impact) Effects() []diag.Effect {
	list := make([]diag.Effect, 0, 5)
	for _, e := range []struct {
		consumer string
		Effect
	}{
		{"collector", i.Collector}, {"protobuf wire", i.ProtobufWire}, {"Go source", i.GoSource},
		{"TypeScript source", i.TypeScriptSource}, {"warehouse", i.Warehouse},
	} {
		list = append(list, diag.Effect{Consumer: e.consumer, Effect: e.Level.String(), Why: e.Why})
	}
	return list
}

// join keeps the graver of two answers for each consumer: an edit of a definition may do
// different things to its uses.
func (i *Impact) join(other Impact) {
	for _, pair := range [...][2]*Effect{
		{&i.Collector, &other.Collector}, {&i.ProtobufWire, &other.ProtobufWire}, {&i.GoSource, &other.GoSource},
		{&i.TypeScriptSource, &other.TypeScriptSource}, {&i.Warehouse, &other.Warehouse},
	} {
		if pair[1].Level > pair[0].Level {
			*pair[0] = *pair[1]
		}
	}
}

// impactOf answers for the consumers that do not validate. The collector's answer
// follows from the verdict.
func impactOf(f Finding) Impact {
	return Impact{
		Collector:        onCollector(f),
		ProtobufWire:     onProtobuf(f.Change),
		GoSource:         onSource(f.Change, golang{}),
		TypeScriptSource: onSource(f.Change, typescript{}),
		Warehouse:        onWarehouse(f.Change),
	}
}

func onCollector(f Finding) Effect {
	switch {
	case f.Backward && f.Forward:
		return breaking("rejects payloads that were valid, and the old version rejects new ones")
	case f.Backward:
		return breaking("rejects payloads that were valid")
	case f.Forward:
		return compatible("accepts payloads that the old version rejects")
	}
	switch f.Change.(type) {
	case *diff.AnnotationChanged, *diff.Deprecated, *diff.Undeprecated, *diff.VariantRenamed:
		return none("payloads do not show it")
	}
	return none("what was valid stays valid")
}

// holder is the nearest schema around a change that is the value of a property or a
// variant, or the payload: what a field of generated code or a column holds.
func holder(p *diff.Pair) *diff.Pair {
	for p.Parent != nil && !p.Variant {
		if old, _ := p.Properties(); old != nil {
			break
		}
		p = p.Parent
	}
	return p
}

// isAnnotation tells changes that leave the shape of payloads alone.
func isAnnotation(c diff.Change) bool {
	switch c.(type) {
	case *diff.AnnotationChanged, *diff.Deprecated, *diff.Undeprecated:
		return true
	}
	return false
}

// emptied reports whether an object has no declared properties on exactly one side:
// what holds it is a map there.
func emptied(p *diff.Pair) bool {
	return p.Old.Types == contracts.Object && p.New.Types == contracts.Object && (len(p.Old.Properties) == 0) != (len(p.New.Properties) == 0)
}

func open(s *contracts.Schema) bool { return s.Additional.Allowed || len(s.PatternProperties) > 0 }
