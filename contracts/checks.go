package contracts

import "github.com/evctl/evctl/contracts/document"

// Check is something the language itself requires. Checks are always errors and
// cannot be turned off: without them a contract has no meaning.
type Check struct {
	ID      string
	Summary string
}

// IDs of the checks that this package reports.
const (
	checkKeyUnknown         = "key-unknown"
	checkKeyMissing         = "key-missing"
	checkValueType          = "value-type"
	checkValueInvalid       = "value-invalid"
	checkKeywordMisplaced   = "keyword-misplaced"
	checkTypeMissing        = "type-missing"
	checkBoundsEmpty        = "bounds-empty"
	checkEnumInvalid        = "enum-invalid"
	checkEnumNull           = "enum-null"
	checkFormatUnknown      = "format-unknown"
	checkPatternInvalid     = "pattern-invalid"
	checkRefUnresolved      = "ref-unresolved"
	checkRefCircular        = "ref-circular"
	checkRequiredUndeclared = "required-undeclared"
	checkIncludeConflict    = "include-conflict"
	checkUnionInvalid       = "union-invalid"
	checkNameDuplicate      = "name-duplicate"
)

// Checks lists what the language requires, in the order of the documentation.
var Checks = []Check{
	{document.RuleSyntax, "the file is not YAML"},
	{document.RuleEncoding, "the file is not UTF-8"},
	{document.RuleLimit, "the file is too large, too deep, or its anchors expand too far"},
	{document.RuleFeature, "the file uses a part of YAML that contracts leave out"},
	{document.RuleDuplicate, "a key stands twice in one mapping"},
	{checkKeyUnknown, "a key is not part of the language"},
	{checkKeyMissing, "a key that must be there is missing"},
	{checkValueType, "a value has the wrong shape: text for a number, a list for a mapping"},
	{checkValueInvalid, "a value has the right shape and is not allowed"},
	{checkKeywordMisplaced, "a keyword constrains values of another type"},
	{checkTypeMissing, "a schema does not say which type it has"},
	{checkBoundsEmpty, "bounds that no value can satisfy"},
	{checkEnumInvalid, "an enum value that its type excludes, or that stands twice"},
	{checkEnumNull, "null is in the enum but not nullable, or the other way round"},
	{checkFormatUnknown, "a format that nothing checks"},
	{checkPatternInvalid, "a pattern that is not a regular expression (RE2 syntax)"},
	{checkRefUnresolved, "a reference to a definition or fragment that does not exist"},
	{checkRefCircular, "definitions that contain each other"},
	{checkRequiredUndeclared, "a required property that nobody declares"},
	{checkIncludeConflict, "a property that an included fragment declares too"},
	{checkUnionInvalid, "a union whose variants cannot be told apart as it says"},
	{checkNameDuplicate, "two contracts with one name"},
}
