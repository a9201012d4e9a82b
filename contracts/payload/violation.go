package payload

import (
	"fmt"
	"strings"

	"github.com/evctl/evctl/contracts/rawjson"
)

// MaxViolations bounds how many violations one payload can have.
const MaxViolations = 100

// Violation is one reason why a payload is not valid.
type Violation struct {
	// Pointer is the JSON pointer (RFC 6901) to the value, within the payload. A
	// missing property is reported at its object, one too many at itself.
	Pointer string `json:"pointer"`
	// Rule is the keyword of the contract that is not satisfied, or the ID of one of
	// the rules of rawjson.Rules, envelope.Rules and SetRules.
	Rule string `json:"rule"`
	// Expected and Found are texts for people. Found is cut to a few dozen characters,
	// and does not show values that the contract marks as direct or sensitive, nor
	// those of properties that it does not know.
	Expected string `json:"expected"`
	Found    string `json:"found"`
	// Offset is where the value starts, in bytes from the start of the text that was
	// validated.
	Offset int `json:"offset"`
	// Missing is the property that is not there, where Rule is required.
	Missing string `json:"-"`
	// Tried says, for a union, what each variant objects to.
	Tried []Attempt `json:"tried,omitempty"`
}

// Attempt is a variant of a union that did not accept the value.
type Attempt struct {
	Variant string `json:"variant"`
	// Violation is the first thing that the variant objects to, pointer and message.
	Violation string `json:"violation"`
}

// Message says what is wrong, without the pointer: found, then expected.
func (v Violation) Message() string {
	switch v.Rule {
	case "required":
		return v.Expected + " is missing"
	case "additionalProperties":
		return fmt.Sprintf("property %s is not declared%s", v.Found, strings.TrimPrefix(v.Expected, declaredProperty))
	}
	message := fmt.Sprintf("found %s, expected %s", v.Found, v.Expected)
	if len(v.Tried) == 0 {
		return message
	}
	parts := make([]string, len(v.Tried))
	for i, t := range v.Tried {
		parts[i] = t.Variant + ": " + t.Violation
	}
	return message + " (" + strings.Join(parts, "; ") + ")"
}

// String is the pointer and the message.
func (v Violation) String() string {
	if v.Pointer == "" {
		return v.Message()
	}
	return v.Pointer + ": " + v.Message()
}

const declaredProperty = "a declared property"

// describe names value i of a document; masked, without showing it.
func describe(d *rawjson.Document, i int, masked bool) string {
	switch k := d.Kind(i); {
	case k == rawjson.Object:
		return "an object"
	case k == rawjson.Array:
		return fmt.Sprintf("an array of %d", d.Len(i))
	case k == rawjson.Null:
		return "null"
	case masked && k == rawjson.String:
		return fmt.Sprintf("a string of %d bytes", len(d.Text(i)))
	case masked:
		return "a " + k.String()
	case k == rawjson.String:
		return "string " + rawjson.Clip(d.Raw(i))
	case k == rawjson.Number:
		return "number " + rawjson.Clip(d.Raw(i))
	}
	return string(d.Raw(i))
}

func violationOf(err *rawjson.Error) Violation {
	return Violation{Pointer: err.Pointer, Rule: err.Rule, Expected: err.Expected, Found: err.Found, Offset: err.Offset}
}
