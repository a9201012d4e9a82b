package rules

import (
	"slices"
	"strings"
)

// This file decides when two words are most likely one. Words are mapped to keys, so
// that comparing all names of a workspace costs no more than reading them.

// stem drops the plural and the past tense of a lower-case English word.
func stem(word string) string {
	if base, ok := baseOf[word]; ok {
		return base
	}
	word = singular(word)
	if isPast(word) {
		word = strings.TrimSuffix(word, "ed")
		if strings.HasSuffix(word, "i") {
			return word[:len(word)-1] + "y"
		}
	}
	return strings.TrimSuffix(word, "e")
}

// baseOf maps the forms of irregular verbs to the stem of the verb.
var baseOf = func() map[string]string {
	forms := map[string]string{}
	for base, list := range irregular {
		for _, form := range list {
			forms[form] = strings.TrimSuffix(base, "e")
		}
	}
	return forms
}()

// singular drops the plural of a lower-case English word; words in -ss, -us and -is
// are none.
func singular(word string) string {
	switch {
	case len(word) < 4 || !strings.HasSuffix(word, "s") || strings.HasSuffix(word, "ss") || strings.HasSuffix(word, "us") || strings.HasSuffix(word, "is"):
		return word
	case strings.HasSuffix(word, "ies") && len(word) > 4:
		return word[:len(word)-3] + "y"
	case strings.HasSuffix(word, "sses") || strings.HasSuffix(word, "xes") || strings.HasSuffix(word, "ches") || strings.HasSuffix(word, "shes"):
		return word[:len(word)-2]
	}
	return word[:len(word)-1]
}

// blurred makes words equal that differ by doubled or swapped letters, the common
// slips: occured, recieved, canceled. Short words and words with digits stay as they
// are: too many of them are different words.
func blurred(word string) string {
	if len(word) < 5 || strings.ContainsAny(word, "0123456789") {
		return word
	}
	letters := slices.Compact([]byte(word))
	slices.Sort(letters[1:])
	return string(letters)
}
