package contracttest

// SamplesOf are the texts that are drawn for a format.
func SamplesOf(format string) []string { return samplesOf(format) }
