package registry

// Seal lets tests make files whose digest is right and whose contents are not.
func Seal(body []byte) []byte {
	if body = compact(nil, body); len(body) == 0 {
		return nil
	}
	return sealed(body)
}
