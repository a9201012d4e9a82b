package rules

import (
	"fmt"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var secretProperty = lint.Rule{
	ID: "secret-property", Group: lint.Privacy, Profile: lint.Minimal, Severity: diag.Error,
	Summary: "a property looks like a password, key or token",
	Why: "Events are copied into logs, warehouses and tools of third parties. Whoever reads one of them can act with the secret. " +
		"No privacy class makes that right.",
	Contract: checkSecretProperty,
}

var secretNames = wordSet(`password passwd passphrase secret client_secret access_token refresh_token auth_token bearer_token session_token id_token
	api_key apikey private_key secret_key encryption_key cvv cvc cvv2 card_verification_code otp one_time_password pin_code security_code credentials
	authorization_header jwt`)

func checkSecretProperty(p *lint.Pass) {
	for _, at := range p.Properties() {
		value := valueOf(at.Schema)
		if value.Types&(contracts.String|contracts.Numeric) == 0 || len(value.Enum) > 0 || !secretName(at.Words) {
			continue
		}
		p.Report(at.Property.At(), at.Pointer(), fmt.Sprintf("property %s looks like a secret", document.Quote(at.Property.Name)), "leave it out, or send a hash that nobody can use")
	}
}

// secretName reports names that are a secret or end in one: user_password.
func secretName(words []string) bool {
	for i := range words {
		if secretNames[strings.Join(words[i:], "_")] {
			return true
		}
	}
	return false
}
