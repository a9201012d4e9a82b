package payload

// Unexplained reports whether a run takes findings for explained of which the last one has no
// violations.
func Unexplained(findings int) (explained bool) {
	r := newRun()
	defer r.release()
	for i := range findings {
		r.decider.add(i, func(r *run) {
			if i < findings-1 {
				r.failAt(i, "type", "something", "something else")
			}
		})
	}
	_, explained = r.collected()
	return explained
}

// FromTokens is Validate for a payload that is known to be not valid, from all its tokens.
func (v *Validator) FromTokens(raw []byte) []Violation {
	r := newRun()
	defer r.release()
	if err := r.doc.Read(raw); err != nil {
		return []Violation{violationOf(err)}
	}
	return r.violations(v.root, 0)
}

// FromTokens is Validate, from all tokens of the event.
func (s *Set) FromTokens(raw []byte) Verdict {
	r := newRun()
	defer r.release()
	r.decider.load(raw)
	return s.explain(r, raw)
}
