package message

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// FromJSON makes the message of a valid event.
func FromJSON(event string, raw []byte) (proto.Message, error) {
	m := New(event)
	if m == nil {
		return nil, fmt.Errorf("event %q has no message", event)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	text, err := json.Marshal(objectOf(m.ProtoReflect().Descriptor(), v))
	if err != nil {
		return nil, err
	}
	return m, protojson.Unmarshal(text, m)
}

// objectOf is an object as protobuf's JSON has it: without what is null, and with
// other names where package codegen/protobuf says so, for unions and enums.
func objectOf(d protoreflect.MessageDescriptor, v map[string]any) map[string]any {
	if variant, tag := variantOf(d, v); variant != nil {
		delete(v, tag)
		return map[string]any{variant.JSONName(): objectOf(variant.Message(), v)}
	}
	out := map[string]any{}
	for key, value := range v {
		if f := d.Fields().ByJSONName(key); f != nil && value != nil {
			value = fieldOf(f, value)
		}
		if value != nil {
			out[key] = value
		}
	}
	return out
}

// variantOf is the field that holds the variant of a union, and the property that
// selects it; nil for other messages.
func variantOf(d protoreflect.MessageDescriptor, v map[string]any) (protoreflect.FieldDescriptor, string) {
	for i := range d.Oneofs().Len() {
		one := d.Oneofs().Get(i)
		for key, value := range v {
			tag, _ := value.(string)
			if f := one.Fields().ByName(protoreflect.Name(tag)); f != nil && !one.IsSynthetic() {
				return f, key
			}
		}
	}
	return nil, ""
}

func fieldOf(f protoreflect.FieldDescriptor, value any) any {
	if f.IsMap() {
		return value
	}
	if items, ok := value.([]any); ok && f.IsList() {
		for i := range items {
			items[i] = singleOf(f, items[i])
		}
		return items
	}
	return singleOf(f, value)
}

func singleOf(f protoreflect.FieldDescriptor, value any) any {
	switch v := value.(type) {
	case map[string]any:
		return objectOf(f.Message(), v)
	case string:
		if f.Enum() != nil {
			return enumOf(f.Enum(), v)
		}
	}
	return value
}

// enumOf is the name of the value that stands for a text: PREVIOUS_VARIANT_CONTROL
// for control. A text that has none is returned as it is, and protojson refuses it.
func enumOf(d protoreflect.EnumDescriptor, wire string) string {
	suffix := "_" + strings.Map(func(r rune) rune {
		if r == '.' || r == ' ' {
			return '_'
		}
		return unicode.ToUpper(r)
	}, wire)
	for i := range d.Values().Len() {
		if name := string(d.Values().Get(i).Name()); strings.HasSuffix(name, suffix) {
			return name
		}
	}
	return wire
}
