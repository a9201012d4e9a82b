package registry

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/evctl/evctl/contracts"
)

// Signature says that the owner of a key published a bundle.
//
// What is signed, by ed25519 (RFC 8032), are these bytes: the text "evctl bundle\n", the
// digest of the bundle ("sha256:" and 64 hexadecimal digits), and "\n". The digest covers
// everything in the bundle but the signatures.
type Signature struct {
	// Key is KeyID of the public key. It only helps to find the key; a signature that
	// names another one is wrong.
	Key string `json:"key"`
	// Signature is 64 bytes, base64 in JSON.
	Signature []byte `json:"signature"`
}

// KeyID names a public key: the first 16 hexadecimal digits of the SHA-256 of its 32 bytes.
func KeyID(key ed25519.PublicKey) string {
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:8])
}

func signedText(digest contracts.Digest) []byte {
	return []byte("evctl bundle\n" + string(digest) + "\n")
}

func sign(key ed25519.PrivateKey, digest contracts.Digest) Signature {
	public, _ := key.Public().(ed25519.PublicKey)
	return Signature{KeyID(public), ed25519.Sign(key, signedText(digest))}
}

// Verify wants a signature of one of the keys and returns the KeyID of that key. One good
// signature is enough, so that keys can be exchanged: sign with both for a while. It
// fails with CodeBundleRefused.
func (b *Bundle) Verify(keys []ed25519.PublicKey) (string, error) {
	ids := make([]string, len(keys))
	for i, key := range keys {
		ids[i] = KeyID(key)
		for _, s := range b.Signatures {
			if s.Key == ids[i] && len(key) == ed25519.PublicKeySize && ed25519.Verify(key, signedText(b.Digest), s.Signature) {
				return ids[i], nil
			}
		}
	}
	expected := "expected one of key " + strings.Join(ids, ", ")
	if len(b.Signatures) == 0 {
		return "", Errorf(CodeBundleRefused, "bundle is not signed, %s", expected).
			WithHint("sign it: evctl export --sign-key, evctl serve --sign-key")
	}
	found := make([]string, len(b.Signatures))
	for i, s := range b.Signatures {
		found[i] = fmt.Sprintf("%q", s.Key)
	}
	return "", Errorf(CodeBundleRefused, "bundle has no good signature among those of key %s, %s", strings.Join(found, ", "), expected)
}

// Types of PEM blocks.
const (
	privateBlock = "PRIVATE KEY"
	publicBlock  = "PUBLIC KEY"
)

// NewKey makes a key pair: the private key as PEM of PKCS #8, the public one as PEM of
// SubjectPublicKeyInfo, as openssl genpkey -algorithm ed25519 and openssl pkey -pubout
// write them.
func NewKey() (private, public []byte, err error) {
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make key: %w", err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, fmt.Errorf("make key: %w", err)
	}
	open, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil, nil, fmt.Errorf("make key: %w", err)
	}
	private = pem.EncodeToMemory(&pem.Block{Type: privateBlock, Bytes: secret})
	public = pem.EncodeToMemory(&pem.Block{Type: publicBlock, Bytes: open})
	return private, public, nil
}

// ParsePrivateKeys reads the ed25519 keys of a PEM file, of which there is at least one.
func ParsePrivateKeys(text []byte) ([]ed25519.PrivateKey, error) {
	return parseKeys(text, privateBlock, func(der []byte) (ed25519.PrivateKey, error) {
		key, err := x509.ParsePKCS8PrivateKey(der)
		if err != nil {
			return nil, err
		}
		return only[ed25519.PrivateKey](key)
	})
}

// ParsePublicKeys reads the ed25519 keys of a PEM file, of which there is at least one.
func ParsePublicKeys(text []byte) ([]ed25519.PublicKey, error) {
	return parseKeys(text, publicBlock, func(der []byte) (ed25519.PublicKey, error) {
		key, err := x509.ParsePKIXPublicKey(der)
		if err != nil {
			return nil, err
		}
		return only[ed25519.PublicKey](key)
	})
}

func only[K any](key any) (K, error) {
	k, ok := key.(K)
	if !ok {
		return k, errors.New("key is not one of ed25519")
	}
	return k, nil
}

func parseKeys[K any](text []byte, kind string, parse func([]byte) (K, error)) ([]K, error) {
	var keys []K
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		if block.Type != kind {
			return nil, fmt.Errorf("found a PEM block %s, expected %s", block.Type, kind)
		}
		key, err := parse(block.Bytes)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("found no PEM block, expected %s", kind)
	}
	return keys, nil
}
