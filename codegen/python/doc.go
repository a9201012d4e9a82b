// Package python writes a package of typed dataclasses, for Python 3.10 and later and
// nothing but its standard library. It passes mypy --strict.
//
// from_json takes what json.loads returns and gives an object; to_json gives the same JSON
// back, member by member. Structure is checked: types, required and undeclared members,
// values of closed enums, discriminators. Limits, formats and patterns are not: whether a
// payload is valid in full is for the registry to say. A payload that is valid there is
// always read.
//
// Absent and null are told apart where both are valid, and nowhere else:
//
//   - required: T
//   - required, nullable: T | None
//   - optional: T | None, and None means absent
//   - optional, nullable: T | None | Unset; None is null and UNSET means absent
//
// Strings with a format are str: times of Python hold no leap second and fewer digits than
// JSON may have. Enums of strings or of whole numbers are classes; an open one takes other
// values as they are. Enums of anything else are the scalars that they are made of.
package python
