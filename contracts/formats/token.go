package formats

// validUUID wants 8-4-4-4-12 hexadecimal digits.
func validUUID(s string) bool {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return false
	}
	const low = 1<<32 - 1
	all := hexDigits(word(s, 0)) &
		hexDigits(word(s, 9)&low|word(s, 14)<<32) &
		hexDigits(word(s, 19)&low|word(s, 24)<<32) &
		hexDigits(word(s, 28))
	return all == topBits
}

// validJSONPointer wants tokens that start with "/", with "~" only as "~0" or "~1".
func validJSONPointer(s string) bool {
	if s != "" && s[0] != '/' {
		return false
	}
	for i := range len(s) {
		if s[i] == '~' && (i+1 == len(s) || s[i+1] != '0' && s[i+1] != '1') {
			return false
		}
	}
	return true
}
