package protobuf

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/numbers"
	"github.com/evctl/evctl/contracts/payload"
)

// This file carries out the mapping of the package's documentation in both directions,
// on messages that the compiler made of generated files.

// errInexpressible is a value that is valid and that its message cannot hold; the
// package's documentation lists them.
var errInexpressible = errors.New("not expressible")

// TestMapping_TakesEveryPayloadThereAndBack makes messages of payloads, sends them through
// the binary and the JSON form of protobuf, and wants the payload back but for what the
// documentation says.
func TestMapping_TakesEveryPayloadThereAndBack(t *testing.T) {
	for _, dir := range []string{"../../testdata/shop", "../testdata/torture"} {
		m := codegentest.Model(t, dir)
		payloads := map[string][]string{}
		for _, e := range m.Events {
			for _, x := range e.Contract.Payload.Examples {
				payloads[e.Contract.Name] = append(payloads[e.Contract.Name], x.JSON)
			}
			for seed := range 60 {
				payloads[e.Contract.Name] = append(payloads[e.Contract.Name], string(contracttest.Payload(e.Contract).Example(seed)))
			}
		}
		thereAndBack(t, dir, m, payloads)
	}
	m, payloads := codegentest.Random(t, 60, 1)
	thereAndBack(t, "random contracts", m, payloads)
}

func thereAndBack(t *testing.T, what string, m *codegen.Model, payloads map[string][]string) {
	t.Helper()
	files := map[string]codegen.File{}
	for _, f := range codegentest.Files(t, Target{}, m, nil) {
		files[f.Path] = f
	}
	tried, lost, whole := 0, 0, 0
	for _, e := range m.Events {
		_, path := place(e, config{packageName: "events"})
		d := descriptor(t, files[path])
		plan, _ := numbers.Plan(numbers.Ledger{}, e.Contract)
		valid, err := payload.Compile(e.Contract)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range payloads[e.Contract.Name] {
			if !valid.Valid([]byte(text)) {
				continue
			}
			tried++
			value := decodeJSON(t, text)
			message := dynamicpb.NewMessage(d)
			if err := encodeScope(message, plan, value); errors.Is(err, errInexpressible) {
				lost++
				continue
			} else if err != nil {
				t.Fatalf("%s: %v\n%s", e.Contract.Name, err, text)
			}
			got := decodeScope(transport(t, message), plan)
			if diff := cmp.Diff(normal(plan, value), normal(plan, got)); diff != "" {
				t.Errorf("%s %s (-want +got):\n%s\n%s", what, e.Contract.Name, diff, text)
			}
			if drops(plan, value) {
				continue
			}
			whole++
			back, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			if !valid.Valid(back) {
				t.Errorf("%s %s: what came back is invalid: %s\n%s", what, e.Contract.Name, back, text)
			}
		}
	}
	t.Logf("%s: %d payloads, %d not expressible, %d without anything that is dropped", what, tried, lost, whole)
	if tried < 200 || lost > tried/10 || whole < tried/4 {
		t.Errorf("%s: %d payloads, %d not expressible, %d without anything that is dropped", what, tried, lost, whole)
	}
}

// transport is a message after both forms of protobuf.
func transport(t *testing.T, m *dynamicpb.Message) protoreflect.Message {
	t.Helper()
	binary, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	received := dynamicpb.NewMessage(m.Descriptor())
	if err := proto.Unmarshal(binary, received); err != nil {
		t.Fatal(err)
	}
	text, err := protojson.Marshal(received)
	if err != nil {
		t.Fatal(err)
	}
	again := dynamicpb.NewMessage(m.Descriptor())
	if err := protojson.Unmarshal(text, again); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if !proto.Equal(received, again) {
		t.Fatalf("the JSON form says something else: %s", text)
	}
	return again
}

func decodeJSON(t *testing.T, text string) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return v
}

// encodeScope fills the message of an object or union.
func encodeScope(m protoreflect.Message, s *numbers.Scope, v any) error {
	if s.Leaf == numbers.Union {
		return encodeUnion(m, s, v)
	}
	object := v.(map[string]any)
	extra := map[string]any{}
	for name, value := range object {
		i := slices.IndexFunc(s.Fields, func(f numbers.Field) bool { return f.Kind != numbers.Extra && f.Name == name })
		if i < 0 {
			extra[name] = value
			continue
		}
		if err := encodeField(m, &s.Fields[i], s.Fields[i].Type.Wraps, value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if len(extra) == 0 {
		return nil
	}
	last := s.Fields[len(s.Fields)-1]
	if last.Kind != numbers.Extra {
		return fmt.Errorf("no field for %v", extra)
	}
	return setJSON(m.Mutable(m.Descriptor().Fields().ByNumber(protoreflect.FieldNumber(last.Number))).Message(), extra)
}

// encodeUnion chooses the variant by the discriminator, or takes the first that fits.
func encodeUnion(m protoreflect.Message, s *numbers.Scope, v any) error {
	i := slices.IndexFunc(s.Fields, func(f numbers.Field) bool { return selects(s.Schema.Union, f.Variant, v) })
	if i < 0 {
		return errors.New("no variant fits")
	}
	f := &s.Fields[i]
	fd := m.Descriptor().Fields().ByNumber(protoreflect.FieldNumber(f.Number))
	element, err := encodeElement(fd, func() protoreflect.Value { return m.NewField(fd) }, f, f.Type.Wraps, untagged(s.Schema.Union, f.Variant, v))
	if err == nil {
		m.Set(fd, element)
	}
	return err
}

func selects(u *contracts.Union, variant *contracts.Variant, v any) bool {
	if u.Discriminator != "" {
		object, ok := v.(map[string]any)
		return ok && object[u.Discriminator] == variant.Tag
	}
	valid, err := payload.CompileSchema(variant.Schema)
	if err != nil {
		return false
	}
	text, err := json.Marshal(v)
	return err == nil && valid.Valid(text)
}

// untagged is a variant's value without the property that the oneof says.
func untagged(u *contracts.Union, variant *contracts.Variant, v any) any {
	if !variant.TagImplied {
		return v
	}
	out := map[string]any{}
	for name, value := range v.(map[string]any) {
		if name != u.Discriminator {
			out[name] = value
		}
	}
	return out
}

func encodeField(m protoreflect.Message, f *numbers.Field, wraps []numbers.Wrap, v any) error {
	fd := m.Descriptor().Fields().ByNumber(protoreflect.FieldNumber(f.Number))
	if v == nil && !(len(wraps) == 0 && f.Type.Leaf == numbers.Any) {
		return nil
	}
	return encodeLayer(m, fd, f, wraps, v)
}

// encodeLayer sets a field whose outermost layer is a list, a map or nothing.
func encodeLayer(m protoreflect.Message, fd protoreflect.FieldDescriptor, f *numbers.Field, wraps []numbers.Wrap, v any) error {
	switch {
	case len(wraps) > 0 && wraps[0] == numbers.List:
		list := m.Mutable(fd).List()
		for _, item := range v.([]any) {
			element, err := encodeElement(fd, list.NewElement, f, wraps[1:], item)
			if err != nil {
				return err
			}
			list.Append(element)
		}
	case len(wraps) > 0 && wraps[0] == numbers.Dict:
		entries := m.Mutable(fd).Map()
		for key, item := range v.(map[string]any) {
			element, err := encodeElement(fd.MapValue(), entries.NewValue, f, wraps[1:], item)
			if err != nil {
				return err
			}
			entries.Set(protoreflect.ValueOfString(key).MapKey(), element)
		}
	default:
		element, err := encodeElement(fd, func() protoreflect.Value { return m.NewField(fd) }, f, wraps, v)
		if err != nil {
			return err
		}
		m.Set(fd, element)
	}
	return nil
}

// encodeElement is one value: a leaf, or a wrapper around the layers that are left.
func encodeElement(fd protoreflect.FieldDescriptor, empty func() protoreflect.Value, f *numbers.Field, wraps []numbers.Wrap, v any) (protoreflect.Value, error) {
	if len(wraps) == 0 {
		return encodeLeaf(fd, empty, f, v)
	}
	wrapper := empty()
	inner := wrapper.Message().Descriptor().Fields().Get(0)
	if wraps[0] != numbers.Maybe {
		return wrapper, encodeLayer(wrapper.Message(), inner, f, wraps, v)
	}
	if v == nil {
		return wrapper, nil
	}
	element, err := encodeElement(inner, func() protoreflect.Value { return wrapper.Message().NewField(inner) }, f, wraps[1:], v)
	if err == nil {
		wrapper.Message().Set(inner, element)
	}
	return wrapper, err
}

func encodeLeaf(fd protoreflect.FieldDescriptor, empty func() protoreflect.Value, f *numbers.Field, v any) (protoreflect.Value, error) {
	switch f.Type.Leaf {
	case numbers.Text:
		return protoreflect.ValueOfString(v.(string)), nil
	case numbers.Bool:
		return protoreflect.ValueOfBool(v.(bool)), nil
	case numbers.Double:
		number, err := v.(json.Number).Float64()
		return protoreflect.ValueOfFloat64(number), err
	case numbers.Int64, numbers.Uint64:
		return encodeInteger(f.Type.Leaf, v.(json.Number))
	case numbers.Enum:
		i := slices.IndexFunc(f.Scope.Fields, func(value numbers.Field) bool { return value.Name == v })
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber(f.Scope.Fields[i].Number)), nil
	case numbers.Timestamp:
		return encodeTime(empty(), v.(string))
	case numbers.Any, numbers.Struct:
		value := empty()
		return value, setJSON(value.Message(), v)
	}
	value := empty()
	return value, encodeScope(value.Message(), f.Scope, v)
}

func encodeInteger(leaf numbers.Leaf, text json.Number) (protoreflect.Value, error) {
	exact, ok := new(big.Rat).SetString(text.String())
	switch {
	case !ok || !exact.IsInt():
		return protoreflect.Value{}, fmt.Errorf("%s is no integer", text)
	case leaf == numbers.Int64 && exact.Num().IsInt64():
		return protoreflect.ValueOfInt64(exact.Num().Int64()), nil
	case leaf == numbers.Uint64 && exact.Num().IsUint64():
		return protoreflect.ValueOfUint64(exact.Num().Uint64()), nil
	}
	return protoreflect.Value{}, fmt.Errorf("%s has more than 64 bits: %w", text, errInexpressible)
}

// encodeTime leaves leap seconds, more than nine digits of a second and years before
// the first to whoever sends them as text.
func encodeTime(value protoreflect.Value, text string) (protoreflect.Value, error) {
	raw, err := json.Marshal(text)
	if err == nil {
		err = protojson.Unmarshal(raw, value.Message().Interface())
	}
	if err != nil {
		return value, fmt.Errorf("%s: %w", text, errInexpressible)
	}
	return value, nil
}

func setJSON(m protoreflect.Message, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return protojson.Unmarshal(raw, m.Interface())
}

// decodeScope is the JSON value of a message.
func decodeScope(m protoreflect.Message, s *numbers.Scope) any {
	if s.Leaf == numbers.Union {
		return decodeUnion(m, s)
	}
	object := map[string]any{}
	for i := range s.Fields {
		f := &s.Fields[i]
		fd := m.Descriptor().Fields().ByNumber(protoreflect.FieldNumber(f.Number))
		if f.Kind == numbers.Extra {
			for name, value := range decodeJSONMessage(m.Get(fd).Message()).(map[string]any) {
				object[name] = value
			}
			continue
		}
		if m.Has(fd) || !fd.HasPresence() && f.Property.Required && !f.Property.Schema.AcceptsNull() {
			object[f.Name] = decodeLayer(m, fd, f, f.Type.Wraps)
		}
	}
	return object
}

func decodeUnion(m protoreflect.Message, s *numbers.Scope) any {
	set := m.WhichOneof(m.Descriptor().Oneofs().Get(0))
	for i := range s.Fields {
		f := &s.Fields[i]
		if set == nil || int(set.Number()) != f.Number {
			continue
		}
		value := decodeElement(m.Get(set), f, f.Type.Wraps)
		if f.Variant.TagImplied {
			value.(map[string]any)[s.Schema.Union.Discriminator] = f.Variant.Tag
		}
		return value
	}
	return nil
}

func decodeLayer(m protoreflect.Message, fd protoreflect.FieldDescriptor, f *numbers.Field, wraps []numbers.Wrap) any {
	switch {
	case len(wraps) > 0 && wraps[0] == numbers.List:
		list := m.Get(fd).List()
		items := make([]any, list.Len())
		for i := range items {
			items[i] = decodeElement(list.Get(i), f, wraps[1:])
		}
		return items
	case len(wraps) > 0 && wraps[0] == numbers.Dict:
		entries := map[string]any{}
		m.Get(fd).Map().Range(func(key protoreflect.MapKey, v protoreflect.Value) bool {
			entries[key.String()] = decodeElement(v, f, wraps[1:])
			return true
		})
		return entries
	}
	return decodeElement(m.Get(fd), f, wraps)
}

func decodeElement(v protoreflect.Value, f *numbers.Field, wraps []numbers.Wrap) any {
	if len(wraps) == 0 {
		return decodeLeaf(v, f)
	}
	wrapper := v.Message()
	inner := wrapper.Descriptor().Fields().Get(0)
	if wraps[0] != numbers.Maybe {
		return decodeLayer(wrapper, inner, f, wraps)
	}
	if !wrapper.Has(inner) {
		return nil
	}
	return decodeElement(wrapper.Get(inner), f, wraps[1:])
}

func decodeLeaf(v protoreflect.Value, f *numbers.Field) any {
	switch f.Type.Leaf {
	case numbers.Enum:
		i := slices.IndexFunc(f.Scope.Fields, func(value numbers.Field) bool { return value.Number == int(v.Enum()) })
		return f.Scope.Fields[i].Name
	case numbers.Message, numbers.Union:
		return decodeScope(v.Message(), f.Scope)
	case numbers.Timestamp, numbers.Any, numbers.Struct:
		return decodeJSONMessage(v.Message())
	}
	return v.Interface()
}

func decodeJSONMessage(m protoreflect.Message) any {
	raw, err := protojson.Marshal(m.Interface())
	if err != nil {
		panic(err) // what was read from JSON is written as JSON
	}
	if m.Descriptor().FullName() != "google.protobuf.Timestamp" {
		var v structpb.Value
		if err := protojson.Unmarshal(raw, &v); err != nil {
			panic(err)
		}
		return v.AsInterface()
	}
	var text string
	_ = json.Unmarshal(raw, &text) // protojson writes it as a string
	return text
}

// normal is a value without what the mapping does not keep: nulls and empty lists and
// maps of properties, the offset of times, and how a number was written.
func normal(s *numbers.Scope, v any) any {
	if s.Leaf == numbers.Union {
		return normalUnion(s, v)
	}
	out := map[string]any{}
	for name, value := range v.(map[string]any) {
		i := slices.IndexFunc(s.Fields, func(f numbers.Field) bool { return f.Kind != numbers.Extra && f.Name == name })
		if i < 0 {
			out[name] = floats(value)
			continue
		}
		f := &s.Fields[i]
		if value == nil && f.Type.Leaf != numbers.Any || isEmpty(value) && len(f.Type.Wraps) > 0 {
			continue
		}
		if value == nil && len(f.Type.Wraps) > 0 {
			continue
		}
		out[name] = normalElement(f, f.Type.Wraps, value)
	}
	return out
}

func normalUnion(s *numbers.Scope, v any) any {
	i := slices.IndexFunc(s.Fields, func(f numbers.Field) bool { return selects(s.Schema.Union, f.Variant, v) })
	if i < 0 {
		return v
	}
	f := &s.Fields[i]
	out := normalElement(f, f.Type.Wraps, untagged(s.Schema.Union, f.Variant, v))
	if f.Variant.TagImplied {
		out.(map[string]any)[s.Schema.Union.Discriminator] = f.Variant.Tag
	}
	return out
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

func normalElement(f *numbers.Field, wraps []numbers.Wrap, v any) any {
	if v == nil {
		return nil
	}
	if len(wraps) > 0 && wraps[0] == numbers.Maybe {
		wraps = wraps[1:]
	}
	switch {
	case len(wraps) > 0 && wraps[0] == numbers.List:
		items := make([]any, len(v.([]any)))
		for i, item := range v.([]any) {
			items[i] = normalElement(f, wraps[1:], item)
		}
		return items
	case len(wraps) > 0:
		entries := map[string]any{}
		for key, item := range v.(map[string]any) {
			entries[key] = normalElement(f, wraps[1:], item)
		}
		return entries
	}
	switch f.Type.Leaf {
	case numbers.Message, numbers.Union:
		return normal(f.Scope, v)
	case numbers.Int64, numbers.Uint64:
		exact, _ := new(big.Rat).SetString(fmt.Sprint(v))
		return exact.RatString()
	case numbers.Timestamp:
		at, err := time.Parse(time.RFC3339Nano, v.(string))
		if err != nil {
			return v
		}
		return at.UTC().Format(time.RFC3339Nano)
	}
	return floats(v)
}

// floats has all numbers as float64, as google.protobuf.Value holds them.
func floats(v any) any {
	switch v := v.(type) {
	case json.Number:
		number, _ := v.Float64() // payloads beyond it are refused before
		return number
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = floats(item)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for key, item := range v {
			out[key] = floats(item)
		}
		return out
	}
	return v
}

// drops reports whether a payload has what does not come back: nulls, empty lists and
// maps of properties, and digits beyond those of a float64. Contracts that ask for them
// refuse what comes back.
func drops(s *numbers.Scope, v any) bool { return size(v) != size(normal(s, v)) || rounds(v) }

// rounds reports whether a number in v is none of those that float64 can hold.
func rounds(v any) bool {
	switch v := v.(type) {
	case json.Number:
		rounded, err := v.Float64()
		exact, _ := new(big.Rat).SetString(v.String())
		shortest, _ := new(big.Rat).SetString(strconv.FormatFloat(rounded, 'g', -1, 64))
		return err != nil || exact.Cmp(shortest) != 0
	case []any:
		return slices.ContainsFunc(v, rounds)
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), rounds)
	}
	return false
}

// size is how many values a value consists of.
func size(v any) int {
	n := 1
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			n += size(item)
		}
	case map[string]any:
		for _, item := range v {
			n += size(item)
		}
	}
	return n
}
