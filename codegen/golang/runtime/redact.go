package runtime

import (
	"encoding/json"
	"log/slog"
)

// redactor applies privacy to Go values. What its functions return says whether a value
// stays; one that does not becomes the zero value of its type, or goes from its list or map.
type redactor struct {
	privacy *Privacy
	hashed  bool // scalars are hashed
}

// redactedCopy is a value as privacy wants it. What changes is copied first.
func redactedCopy[T any](v T, p *Privacy, redact func(*T, *redactor) bool) T {
	redact(&v, &redactor{privacy: p.orNothing()})
	return v
}

// guard starts a value of a class: hashed is what the caller puts back behind it. What
// cannot be done as it is said is done by dropping the value.
func (r *redactor) guard(class string) (hashed, stays bool) {
	hashed = r.hashed
	switch a := r.privacy.of(class); {
	case a == PrivacyKeep:
	case a == PrivacyHash && r.privacy.Key != nil:
		r.hashed = true
	default:
		return hashed, false
	}
	return hashed, true
}

func protectValue[T any](v *T, r *redactor, class string, value func(*T, *redactor) bool) bool {
	hashed, stays := r.guard(class)
	if stays {
		stays = value(v, r)
	}
	r.hashed = hashed
	if !stays {
		*v = *new(T)
	}
	return stays
}

func protectOptional[T any](v *Optional[T], r *redactor, class string, value func(*T, *redactor) bool) {
	if v.Present && !protectValue(&v.Value, r, class, value) {
		*v = Optional[T]{}
	}
}

// protectNullable drops null with its class; hashed, it stays null.
func protectNullable[T any](v *Nullable[T], r *redactor, class string, value func(*T, *redactor) bool) bool {
	stays := true
	if v.Valid {
		stays = protectValue(&v.Value, r, class, value)
	} else {
		stays = protectValue(&v.Value, r, class, protectNothing)
	}
	if !stays {
		*v = Nullable[T]{}
	}
	return stays
}

func protectOptionalNullable[T any](v *OptionalNullable[T], r *redactor, class string, value func(*T, *redactor) bool) {
	if n := (Nullable[T]{v.Value, v.Valid}); v.Present && protectNullable(&n, r, class, value) {
		v.Value = n.Value
		return
	}
	*v = OptionalNullable[T]{}
}

func protectNothing[T any](*T, *redactor) bool { return true }

func protectText[T ~string](v *T, r *redactor) bool {
	if r.hashed {
		*v = T(r.privacy.Key.appendContent(nil, []byte(*v)))
	}
	return true
}

// protectOther is for what cannot hold a hash: numbers and booleans.
func protectOther[T any](_ *T, r *redactor) bool { return !r.hashed }

func protectScalar(v *Scalar, r *redactor) bool {
	if !r.hashed {
		return true
	}
	e := encoder{privacy: r.privacy, hashed: true}
	e.scalar(*v)
	*v = Scalar{string(e.b)}
	return e.err == nil
}

func protectRaw[T ~[]byte](v *T, r *redactor) bool {
	if !r.hashed || *v == nil {
		return true
	}
	e := encoder{privacy: r.privacy, hashed: true}
	e.raw(*v)
	*v = T(e.b)
	return e.err == nil
}

func protectList[S ~[]T, T any](v *S, r *redactor, item func(*T, *redactor) bool) bool {
	if *v == nil {
		return true
	}
	list := make(S, 0, len(*v))
	for _, x := range *v {
		if item(&x, r) {
			list = append(list, x)
		}
	}
	*v = list
	return true
}

// protectMap hashes names with a class, or within what is hashed, and drops their members
// with them.
func protectMap[M ~map[string]T, T any](v *M, r *redactor, names string, value func(name string, x *T, r *redactor) bool) bool {
	if *v == nil {
		return true
	}
	entries := make(M, len(*v))
	for name, x := range *v {
		hashed, stays := r.guard(names)
		hashName := r.hashed
		r.hashed = hashed
		if !stays || !value(name, &x, r) {
			continue
		}
		if hashName {
			name = string(r.privacy.Key.appendContent(nil, []byte(name)))
		}
		entries[name] = x
	}
	*v = entries
	return true
}

// logged is what a value looks like in logs, without personal data.
func logged(write func(*encoder)) slog.Value {
	text, err := redacted(nil, nil, write)
	if err != nil {
		return slog.AnyValue(err)
	}
	return slog.AnyValue(json.RawMessage(text))
}

// loggedEvent is an event in logs: a group of its name, its version and its properties.
func loggedEvent(about EventInfo, write func(*encoder)) slog.Value {
	return slog.GroupValue(
		slog.String("name", about.Name), slog.String("version", about.Version), slog.Attr{Key: "properties", Value: logged(write)},
	)
}
