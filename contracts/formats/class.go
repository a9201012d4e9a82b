package formats

// Classes of bytes, as bits of classes.
const (
	digits     uint16 = 1 << iota
	hex               // hexadecimal digits of either case
	letters           // of ASCII
	labels            // of host names: letters, digits and hyphens
	atoms             // of mail addresses: atext of RFC 5322
	schemes           // scheme of RFC 3986 behind its first letter
	registered        // reg-name without what is percent-encoded: unreserved and sub-delims
	paths             // pchar and "/"
	queries           // query and fragment: pchar, "/" and "?"
)

// classes are the classes that each byte is in.
var classes = func() (table [256]uint16) {
	const (
		lower      = "abcdefghijklmnopqrstuvwxyz"
		upper      = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		decimal    = "0123456789"
		word       = lower + upper + decimal
		unreserved = word + "-._~"
		subDelims  = "!$&'()*+,;="
	)
	for _, class := range []struct {
		bit     uint16
		members string
	}{
		{digits, decimal},
		{hex, decimal + "abcdefABCDEF"},
		{letters, lower + upper},
		{labels, word + "-"},
		{atoms, word + "!#$%&'*+-/=?^_`{|}~"},
		{schemes, word + "+-."},
		{registered, unreserved + subDelims},
		{paths, unreserved + subDelims + ":@/"},
		{queries, unreserved + subDelims + ":@/?"},
	} {
		for _, c := range []byte(class.members) {
			table[c] |= class.bit
		}
	}
	return table
}()

func is(class uint16, c byte) bool { return classes[c]&class != 0 }

func digit(c byte) bool { return '0' <= c && c <= '9' }

// Eight bytes at a time, in a word whose lowest byte comes first.
const (
	eachByte = 0x0101010101010101
	topBits  = 0x80 * eachByte
)

// word is the eight bytes from i on.
func word(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// hexDigits has the top bit of each byte set that is a hexadecimal digit. Adding to a
// byte of ASCII sets its top bit from some byte on.
func hexDigits(w uint64) uint64 {
	folded := w | 0x20*eachByte
	decimal := (w + (0x80-'0')*eachByte) &^ (w + (0x7f-'9')*eachByte)
	letter := (folded + (0x80-'a')*eachByte) &^ (folded + (0x7f-'f')*eachByte)
	return (decimal | letter) &^ w & topBits
}

// numerals takes a word that should look like a template, in which 0 stands for any
// digit. It returns the values of the digits. A byte minus its place in the template
// is at most 9 for a digit, and 0 for what stands there itself.
func numerals(w, template uint64) (values uint64, ok bool) {
	values = w ^ template
	// 0x76 plus ten, or 0x7f plus one, set the top bit.
	zeros := (template ^ '0'*eachByte) + 0x7f*eachByte
	bad := values + 0x76*eachByte + zeros>>7&eachByte*9
	return values, (values|bad)&topBits == 0
}
