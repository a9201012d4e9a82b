package runtime

import (
	"strings"
	"testing"
)

// TestChecker_AcceptsWithoutAllocating holds for the checks that read numbers and scalars as
// they are written.
func TestChecker_AcceptsWithoutAllocating(t *testing.T) {
	l := &limits{minimum: "0", below: "1e6", multipleOf: "0.01", values: []string{"1", "12.34"}}
	s := &schema{kinds: isText | isNumber, size: &[2]int{1, 8}, limits: l}
	raw := []byte(`{"a": [1, 2.5e3, "b\n", null], "c": {"d": true}}`)
	values := strings.Fields("a b c d e f g h i j k l m n o p q r s t u v w x y z")
	for name, check := range map[string]func(*checker){
		"decimal": func(c *checker) { c.decimal("", 12.34, l) },
		"number":  func(c *checker) { c.number("", "1234e-2", false, l) },
		"raw":     func(c *checker) { c.raw("", raw) },
		"text":    func(c *checker) { c.scalar("", Scalar{`"größer"`}, s) },
		"scalar":  func(c *checker) { c.scalar("", Scalar{"12.34"}, s) },
		"unique":  func(c *checker) { unique(c, "", values) },
	} {
		if n := testing.AllocsPerRun(100, func() {
			var c checker
			if check(&c); len(c.found) > 0 {
				panic(c.found[0].String())
			}
		}); n > 1 { // the function that is called here makes the checker escape
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func TestChecker_FindsItemsThatRepeat(t *testing.T) {
	var many []int64
	for i := range int64(1000) {
		many = append(many, i)
	}
	for _, c := range []struct {
		list []int64
		ok   bool
	}{{nil, true}, {[]int64{1, 2, 1}, false}, {many, true}, {append(many, 999), false}, {append(many, 0), false}} {
		var found checker
		if unique(&found, "/a", c.list); (len(found.found) == 0) != c.ok {
			t.Errorf("%d items: %v", len(c.list), found.found)
		}
	}
}
