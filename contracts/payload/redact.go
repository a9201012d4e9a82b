package payload

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"regexp"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/rawjson"
)

// Action is what happens to values of a privacy class. Of several that apply, the largest
// is taken.
type Action uint8

const (
	// Keep leaves a value as it is.
	Keep Action = iota
	// Hash puts a keyed hash in the place of a value, so that equal values can still be
	// told to be equal, by whoever holds no key too. See Key.
	Hash
	// Drop removes a value: the member of an object with its name, the item of an array.
	Drop
)

// Actions are the names of the actions, by Action.
var Actions = [...]string{"keep", "hash", "drop"}

func (a Action) String() string { return Actions[a] }

// Privacy says what happens to values by the class that the contract gives them (pii).
// What stands within a value with a class is treated at least as strictly as that.
// Values without a class, and of class none, are kept.
type Privacy struct {
	Pseudonymous, Direct, Sensitive Action
	// Undeclared is for members that no contract describes, of objects that take any.
	Undeclared Action
	// Key is needed when one of the actions is Hash.
	Key *Key
}

// of is the action for a class.
func (p *Privacy) of(class contracts.PII) Action {
	switch class {
	case contracts.Pseudonymous:
		return p.Pseudonymous
	case contracts.Direct:
		return p.Direct
	case contracts.Sensitive:
		return p.Sensitive
	}
	return Keep
}

func (p *Privacy) check() error {
	if max(p.Pseudonymous, p.Direct, p.Sensitive, p.Undeclared) > Drop {
		return errors.New("unknown action")
	}
	for _, a := range []Action{p.Pseudonymous, p.Direct, p.Sensitive, p.Undeclared} {
		if a == Hash && p.Key == nil {
			return errors.New("an action is to hash, and there is no key")
		}
	}
	return nil
}

// Key is a secret that values are hashed with, and its name.
//
// A value becomes the string
//
//	hmac:ID:BASE64URL
//
// in which BASE64URL is the HMAC-SHA256 (RFC 2104) of the value under the secret, in the
// URL alphabet of RFC 4648 without padding: 43 characters. What is hashed is, of a string,
// its content in UTF-8, with escapes decoded and nothing else normalised; of a number, its
// digits without an exponent and without zeros that do not count (12.50 and 1.25e1 are
// 12.5, -0 is 0); of a boolean, true or false. Nothing is mixed in, so that any language
// computes the same, and so that the string "7" and the number 7 have one hash. null has
// none and stays null. Of arrays and objects every scalar inside is hashed, and the names
// that the contract does not declare.
type Key struct {
	id     string
	secret []byte
}

// MinSecret is the least length of a secret, in bytes.
const MinSecret = 16

var keyID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// NewKey makes a key. The ID stands in every hash, so that keys can be changed: letters,
// digits, dots, dashes and underscores, up to 64 of them. The secret has at least MinSecret
// bytes; 32 random ones are right.
func NewKey(id string, secret []byte) (*Key, error) {
	if !keyID.MatchString(id) {
		return nil, fmt.Errorf("key id %q is not made of 1 to 64 letters, digits, '.', '-' and '_'", id)
	}
	if len(secret) < MinSecret {
		return nil, fmt.Errorf("secret of key %s has %d bytes, expected at least %d", id, len(secret), MinSecret)
	}
	return &Key{id, append([]byte(nil), secret...)}, nil
}

// ID is the name of the key.
func (k *Key) ID() string { return k.id }

// String does not show the secret.
func (k *Key) String() string { return "key " + k.id }

// GoString does not show the secret either.
func (k *Key) GoString() string { return k.String() }

// hasher hashes scalars, one after the other.
type hasher struct {
	key  *Key
	mac  hash.Hash
	sum  [sha256.Size]byte
	text []byte
}

func newHasher(k *Key) *hasher {
	return &hasher{key: k, mac: hmac.New(sha256.New, k.secret)}
}

// scalar is the hash of scalar i as JSON, and nil of null. It is valid as long as the
// hasher is not reset.
func (h *hasher) scalar(d *rawjson.Document, i int) []byte {
	start := len(h.text)
	h.mac.Reset()
	switch d.Kind(i) {
	case rawjson.Null:
		return nil
	case rawjson.String:
		h.mac.Write(d.Text(i))
	case rawjson.Number:
		h.text = rawjson.ParseDecimal(d.Raw(i)).AppendPlain(h.text)
		h.mac.Write(h.text[start:])
		h.text = h.text[:start]
	default:
		h.mac.Write(d.Raw(i))
	}
	h.text = append(h.text, `"hmac:`...)
	h.text = append(append(h.text, h.key.id...), ':')
	h.text = base64.RawURLEncoding.AppendEncode(h.text, h.mac.Sum(h.sum[:0]))
	h.text = append(h.text, '"')
	return h.text[start:]
}

// reset lets go of the hashes that were made.
func (h *hasher) reset() { h.text = h.text[:0] }
