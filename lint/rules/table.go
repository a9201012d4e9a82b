package rules

import (
	"embed"
	"io/fs"
	"slices"

	"github.com/evctl/evctl/lint"
)

//go:embed testdata/*.txtar
var fixtures embed.FS

// Set is what this package contributes to the catalogue.
func Set() lint.Set {
	folder, err := fs.Sub(fixtures, "testdata")
	if err != nil {
		folder = fixtures // not reachable: the path is valid
	}
	return lint.Set{Rules: all, Fixtures: folder}
}

// all lists every rule in the order of the documentation. Adding one is a file, its
// fixture and a line here.
var all = slices.Concat([]lint.Rule{
	namingInvalid,

	eventNamePattern,
	eventNameTense,
	eventNameCollision,
	eventNameSimilar,
	propertyCase,
	propertyNameReserved,
	propertyNameAmbiguous,
	propertyNameAbbreviated,
	propertyNameKeyword,
	propertyNameCollision,
	propertyNameSimilar,
	propertyNameRepeatsParent,
	propertyTypeInconsistent,
	propertyFormatInconsistent,
	propertyUnitInconsistent,
	definitionNameCollision,
	enumValueCollision,
	enumValueCase,
	booleanNameNegated,
	booleanNameMismatch,
	countNameMismatch,
	timeNameSuffix,
	unitNameMismatch,
	unitSpelling,
	nameTooLong,
	nameInvisibleCharacter,
	nameMixedScript,

	eventUndocumented,
	definitionUndocumented,
	propertyUndocumented,
	descriptionPlaceholder,
	descriptionTooShort,
	descriptionRepeatsName,
	descriptionDuplicated,
	textWhitespace,
	examplesMissing,
	enumValueUndescribed,

	ownerMissing,
	ownerUnknown,
	teamContactMissing,
	teamUnused,

	secretProperty,
	propertyPIIInconsistent,
	personalDataWithoutRetention,
	personalDataKeptForever,
}, personalRules(), []lint.Rule{

	deprecationWithoutSunset,
	deprecationWithoutReplacement,
	deprecationWithoutSince,
	sunsetPassed,
	replacementUnknown,
	replacementDeprecated,
	statusContradictsDeprecation,
	sinceAfterVersion,
	requiredDeprecated,
	renamedFromInvalid,
	draftReleased,
	versionUnstable,

	exampleInvalid,
	defaultInvalid,
	objectTooWide,
	nestingTooDeep,
	objectEmpty,
	objectOpen,
	objectDuplicated,
	definitionUnused,
	definitionDuplicated,
	arrayWithoutItems,
	arrayUnbounded,
	stringUnbounded,
	numberUnbounded,
	integerBeyondDouble,
	typeAny,
	unionSingleVariant,
	discriminatorMissing,
	enumSingleValue,
	enumMixedTypes,
	booleanGroup,
	nullableOptional,
	requiredNone,
	requiredWithDefault,
	patternUnanchored,
	constraintRedundant,
	timestampWithoutFormat,
	timestampAsNumber,
	identifierAsNumber,
	moneyWithoutCurrency,
	unitMissing,

	fileName,
	fileExtension,
})
