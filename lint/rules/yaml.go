package rules

import (
	"regexp"

	"github.com/evctl/evctl/contracts/document"
)

var plainScalar = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.]*$`)

// plainOrQuoted writes text as a YAML scalar that reads as a string in every context.
func plainOrQuoted(text string) string {
	if plainScalar.MatchString(text) && !wordsOfYAML[text] {
		return text
	}
	return document.Quote(text)
}

// wordsOfYAML are words that YAML readers take for something else than text.
var wordsOfYAML = wordSet("true True TRUE false False FALSE null Null NULL yes Yes YES no No NO on On ON off Off OFF y Y n N")
