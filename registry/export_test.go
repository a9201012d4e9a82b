package registry

// Seal lets tests make files whose digest is right and whose contents are not.
func Seal(body []byte) []byte { return sealed(compact(nil, body)) }
