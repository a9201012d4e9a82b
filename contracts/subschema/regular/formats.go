package regular

// Format is the language of the strings that contracts/formats accepts under that
// name. ok is false for formats that it does not have.
func Format(name string) (l *Language, ok bool) { return nil, false }
