package payload

import (
	"fmt"
	"strings"

	"github.com/evctl/evctl/contracts/rawjson"
)

func (r *run) union(u *unionCheck, i int) bool {
	if u.discriminator != "" {
		return r.discriminated(u, i)
	}
	matched, first, second := r.try(u, i)
	switch {
	case matched == 1 || matched > 1 && !u.exclusive:
		return true
	case r.full():
		return false
	case matched > 1:
		return r.failAt(r.offset(i), u.rule, u.expected,
			fmt.Sprintf("a value that %s and %s both accept", u.variants[first].name, u.variants[second].name))
	}
	return r.explain(u, i)
}

// try counts the variants that accept value i, up to the number that decides.
func (r *run) try(u *unionCheck, i int) (matched, first, second int) {
	quiet := r.quiet
	r.quiet = true
	r.testing++
	for k := range u.variants {
		if !r.value(u.variants[k].node, i) {
			continue
		}
		matched++
		if matched > 1 {
			second = k
			break
		}
		first = k
		if !u.exclusive {
			break
		}
	}
	r.testing--
	r.quiet = quiet
	return matched, first, second
}

// discriminated checks value i against the one variant that its discriminator
// selects.
func (r *run) discriminated(u *unionCheck, i int) bool {
	if r.doc.Kind(i) != rawjson.Object {
		return r.fail(i, "type", "object")
	}
	tag := r.doc.Member(i, u.discriminator)
	if tag < 0 {
		return r.missing(r.offset(i), u.discriminator)
	}
	if r.doc.Kind(tag) == rawjson.String {
		if k := u.tags.find(r.doc.Text(tag)); k >= 0 {
			return r.value(u.variants[k].node, i)
		}
	}
	if r.full() {
		return false
	}
	cut := r.enter(step{name: []byte(u.discriminator)})
	r.fail(tag, "discriminator", u.expected)
	r.path = r.path[:cut]
	return false
}

// explain says why no variant accepts value i. When only one variant takes values
// of its type, what that one objects to is the reason.
func (r *run) explain(u *unionCheck, i int) bool {
	var near []int
	for k, v := range u.variants {
		if v.node.kinds&(1<<r.doc.Kind(i)) != 0 {
			near = append(near, k)
		}
	}
	if len(near) == 1 {
		return r.value(u.variants[near[0]].node, i)
	}
	r.fail(i, u.rule, u.expected)
	if r.brief {
		return false
	}
	at := len(r.found) - 1
	var tried []Attempt
	for _, k := range near {
		if len(tried) == maxListed {
			break
		}
		tried = append(tried, Attempt{u.variants[k].name, r.first(u.variants[k].node, i)})
	}
	r.found[at].Tried = tried
	return false
}

// first is the first violation of n at i, with a pointer that starts at i.
func (r *run) first(n *node, i int) string {
	found, limit, base, path := r.found, r.limit, r.base, r.path
	r.found, r.limit, r.brief, r.base, r.path = nil, 1, true, "", nil
	r.value(n, i)
	text := ""
	if len(r.found) > 0 {
		text = r.found[0].String()
	}
	r.found, r.limit, r.brief, r.base, r.path = found, limit, false, base, path
	return strings.TrimSpace(text)
}
