package runtime

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// PrivacyAction is what happens to values of a privacy class. Of several that apply, the
// largest is taken.
type PrivacyAction uint8

const (
	// PrivacyKeep leaves a value as it is.
	PrivacyKeep PrivacyAction = iota
	// PrivacyHash puts a keyed hash in the place of a value. See PrivacyKey.
	PrivacyHash
	// PrivacyDrop removes a value: the member of an object with its name, the item of a list.
	PrivacyDrop
)

// Privacy says what happens to values by the class that the contract gives them, which
// stands in the tag pii of their fields. What is within a value with a class is treated at
// least as strictly as that. A nil *Privacy drops every value with a class, and all that no
// contract describes; the zero Privacy keeps everything.
type Privacy struct {
	Pseudonymous, Direct, Sensitive PrivacyAction
	// Undeclared is for members that no contract describes, of objects that take any.
	Undeclared PrivacyAction
	// Key is needed when one of the actions is PrivacyHash.
	Key *PrivacyKey
}

// of is the action for a class, which is "undeclared" for what has no schema.
func (p *Privacy) of(class string) PrivacyAction {
	switch class {
	case "pseudonymous":
		return p.Pseudonymous
	case "direct":
		return p.Direct
	case "sensitive":
		return p.Sensitive
	case "undeclared":
		return p.Undeclared
	}
	return PrivacyKeep
}

// orNothing is the privacy that a nil one stands for.
func (p *Privacy) orNothing() *Privacy {
	if p == nil {
		return &Privacy{Pseudonymous: PrivacyDrop, Direct: PrivacyDrop, Sensitive: PrivacyDrop, Undeclared: PrivacyDrop}
	}
	return p
}

func (p *Privacy) check() error {
	for _, a := range []PrivacyAction{p.Pseudonymous, p.Direct, p.Sensitive, p.Undeclared} {
		switch {
		case a > PrivacyDrop:
			return fmt.Errorf("privacy action %d is not known", a)
		case a == PrivacyHash && p.Key == nil:
			return errors.New("values are to be hashed, and there is no key")
		}
	}
	return nil
}

// PrivacyKey is a secret that values are hashed with, and its name.
//
// A value becomes the string hmac:ID:BASE64URL, in which BASE64URL is the HMAC-SHA256 of
// the value under the secret, in the URL alphabet of RFC 4648 without padding. What is hashed
// is, of a string, its content in UTF-8; of a number, its digits without an exponent and
// without zeros that do not count; of a boolean, true or false. null stays null. Of lists and
// objects every scalar inside is hashed, and the names that the contract does not declare.
type PrivacyKey struct {
	id     string
	secret []byte
}

// NewPrivacyKey makes a key. The ID stands in every hash, so that keys can be changed: up to
// 64 letters, digits, dots, dashes and underscores. The secret has at least 16 bytes; 32
// random ones are right.
func NewPrivacyKey(id string, secret []byte) (*PrivacyKey, error) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
	if id == "" || len(id) > 64 || strings.Trim(id, letters) != "" {
		return nil, fmt.Errorf("key id %q is not made of 1 to 64 letters, digits, '.', '-' and '_'", id)
	}
	if len(secret) < 16 {
		return nil, fmt.Errorf("secret of key %s has %d bytes, expected at least 16", id, len(secret))
	}
	return &PrivacyKey{id, append([]byte(nil), secret...)}, nil
}

// String does not show the secret.
func (k *PrivacyKey) String() string { return "key " + k.id }

// GoString does not show the secret either.
func (k *PrivacyKey) GoString() string { return k.String() }

// appendHash writes the hash of a scalar's content as JSON.
func (k *PrivacyKey) appendHash(b, content []byte) []byte {
	return append(k.appendContent(append(b, '"'), content), '"')
}

// appendContent writes the hash of a scalar's content.
func (k *PrivacyKey) appendContent(b, content []byte) []byte {
	mac := hmac.New(sha256.New, k.secret)
	mac.Write(content)
	b = append(append(append(b, "hmac:"...), k.id...), ':')
	return base64.RawURLEncoding.AppendEncode(b, mac.Sum(nil))
}

// redacted appends a value as privacy wants it.
func redacted(b []byte, p *Privacy, write func(*encoder)) ([]byte, error) {
	p = p.orNothing()
	if err := p.check(); err != nil {
		return nil, err
	}
	e := encoder{b: b, privacy: p}
	write(&e)
	return e.done()
}

// guard starts a value of a class. It reports whether the value stays; hashed is then what
// the caller puts back behind it.
func (e *encoder) guard(class string) (hashed, stays bool) {
	hashed = e.hashed
	if e.privacy == nil {
		return hashed, true
	}
	switch e.privacy.of(class) {
	case PrivacyDrop:
		return hashed, false
	case PrivacyHash:
		e.hashed = true
	}
	return hashed, true
}

// hashNumber hashes a number by its digits.
func (e *encoder) hashNumber(text []byte) {
	d := decimalOf(text)
	e.b = e.privacy.Key.appendHash(e.b, d.appendPlain(nil))
}

// hashRaw writes JSON with all scalars and names hashed.
func (e *encoder) hashRaw(text []byte) {
	r := reader{data: text}
	e.hashNext(&r)
}

func (e *encoder) hashNext(r *reader) {
	r.peek()
	switch kindOf(r.data[r.at:]) {
	case isText:
		text, _ := r.text()
		e.b = e.privacy.Key.appendHash(e.b, text)
	case isNumber:
		text, _ := r.number()
		e.hashNumber(text)
	case isArray:
		e.open('[')
		for n := 0; r.more(n); n++ {
			e.comma()
			e.hashNext(r)
		}
		e.close(']')
	case isObject:
		e.open('{')
		var m members
		for r.next(&m) {
			e.entry(string(m.name))
			e.hashNext(r)
		}
		e.close('}')
	case isBool:
		start := r.at
		r.skip()
		e.b = e.privacy.Key.appendHash(e.b, r.data[start:r.at])
	default:
		e.null()
		r.skip()
	}
}

// stricter is the more protected of two classes.
func stricter(a, b string) string {
	const order = "none pseudonymous direct sensitive"
	if strings.Index(order, b) > strings.Index(order, a) {
		return b
	}
	return a
}

type patternClass struct {
	name  *pattern
	class string
}

// classOf is the class of a member that patterns for names describe, or else that of the
// rest.
func classOf(name, rest string, patterns []patternClass) string {
	class, described := "none", false
	for _, p := range patterns {
		if p.name.matches(name) {
			class, described = stricter(class, p.class), true
		}
	}
	if described {
		return class
	}
	return rest
}
