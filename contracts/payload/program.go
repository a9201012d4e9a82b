package payload

import (
	"github.com/evctl/evctl/contracts/formats"
	"github.com/evctl/evctl/contracts/pattern"
	"github.com/evctl/evctl/contracts/rawjson"
)

// kinds is a set of JSON types, bit 1<<rawjson.Kind.
type kinds uint8

const (
	nullKind   kinds = 1 << rawjson.Null
	boolKinds  kinds = 1<<rawjson.False | 1<<rawjson.True
	numberKind kinds = 1 << rawjson.Number
	stringKind kinds = 1 << rawjson.String
	arrayKind  kinds = 1 << rawjson.Array
	objectKind kinds = 1 << rawjson.Object
	allKinds         = nullKind | boolKinds | numberKind | stringKind | arrayKind | objectKind
)

// node is a compiled schema. Checks of types that a schema does not constrain
// further are nil.
type node struct {
	kinds    kinds // what can be accepted at all; of a union, by any variant
	integer  bool  // numbers must be whole
	masked   bool  // values must not be shown: direct or sensitive personal data
	shared   bool  // several places use it, so that its verdicts are worth keeping
	op       op
	free     bool // any string will do, of those that op takes
	expected string

	enum   *enumCheck
	text   *textCheck
	number *numberCheck
	array  *arrayCheck
	object *objectCheck
	union  *unionCheck
	part   *partCheck
	usual  *usualNumbers // of numberOp
}

// partCheck is a value that is a part of an event: inner is what it must be.
type partCheck struct {
	part  int
	inner *node
}

// op is how a decider goes about a node.
type op uint8

const (
	mixedOp  op = iota // by the type of the value
	textOp             // what is not a string goes to mixedOp, and so on
	freeOp             // any string
	lengthOp           // strings with bounds of length only
	enumOp             // strings of an enum
	uuidOp             // strings with a format, and perhaps bounds of length
	momentOp           // date-time
	formatOp           // any other
	patternOp
	boolOp
	numberOp
	objectOp
	arrayOp
	unionOp
	partOp
	opCount
)

type enumCheck struct {
	table    *nameTable // of strings
	numbers  []rawjson.Decimal
	bools    kinds
	expected string
}

type textCheck struct {
	min, max int // in code points; max < 0: none
	// Texts of so many bytes and up to spread more have a length that is allowed, whatever
	// characters they are.
	sure    int
	spread  uint
	pattern *pattern.Matcher
	format  *formats.Format
	// What is expected, for messages.
	patternText, formatText string
}

type numberCheck struct {
	bounds     []bound
	multipleOf *rawjson.Decimal
	multiple   string
	scaled     [maxFraction + 1]scaled // by digits behind the point
}

// bound is one of the four keywords that bound a number.
type bound struct {
	rule     string
	limit    rawjson.Decimal
	sign     int  // 1 for lower bounds, -1 for upper ones
	equal    bool // whether the limit itself is allowed
	expected string
}

type arrayCheck struct {
	items    *node // nil: anything
	each     *node // items, or anyNode
	min, max int
	unique   bool
}

type objectCheck struct {
	properties []property
	table      *nameTable
	required   []int // of properties
	any        []anyGroup
	anyText    string
	patterns   []patternCheck
	additional *node // of members that nothing else describes; nil with open: anything
	open       bool
	keys       *node // of maps: what the names must be
	min, max   int
	names      []string // of the properties
	foreign    int      // of the last ones, which belong to the envelope
	keysMasked bool

	// For deciders.
	expected []key    // of the first properties, in their order, and one of no property
	must     uint64   // bits of the required ones among the first 64 properties
	anyMust  []uint64 // the same of each group of any
	simple   bool     // must is all that there is to do at the end of the object
	picky    bool     // names matter beyond those of properties
	words    int      // of bits for the properties, 0 where one will do
}

type property struct {
	name string
	node *node
}

type anyGroup []int

type patternCheck struct {
	pattern *pattern.Matcher
	node    *node
}

type unionCheck struct {
	rule          string // oneOf or anyOf
	exclusive     bool
	discriminator string
	variants      []variant
	tags          *nameTable
	byKind        [8]uint8 // how many variants take a kind of value
	nullable      bool     // null is accepted without asking the variants
	expected      string
}

type variant struct {
	name string
	node *node
}
