package schema_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/evctl/evctl/contracts/schema"
)

// listOf is a JSON list of n texts and n whole numbers.
func listOf(n int) string {
	values := make([]string, 0, 2*n)
	for i := range n {
		values = append(values, fmt.Sprintf(`"v%d"`, i), fmt.Sprint(i))
	}
	return "[" + strings.Join(values, ",") + "]"
}

func TestCompile_LongEnumsMeanWhatShortOnesMean(t *testing.T) {
	for _, n := range []int{3, 3000} {
		r := compiled(t, `{"anyOf": [{"enum": `+listOf(n)+`}, {"type": "object", "properties": {"enum": {"enum": `+listOf(n)+`}}}]}`)
		for raw, want := range map[string]bool{
			`"v0"`: true, `"v2"`: true, `2`: true, `2.0`: true, `20e-1`: true, `"2"`: false, `"v"`: false, `-1`: false, `1.5`: false,
			`null`: false, `true`: false, `[]`: false, `{}`: true, `{"enum": 1}`: true, `{"enum": "1"}`: false, `{"enum": [1]}`: false,
		} {
			if got := r.Valid([]byte(raw)) == nil; got != want {
				t.Errorf("%d values: %s is valid: %v, expected %v", 2*n, raw, got, want)
			}
		}
	}
}

// What looks like a long enum may be data.
func TestCompile_LongListsThatAreDataStay(t *testing.T) {
	value := `{"enum": ` + listOf(600) + `}`
	r := compiled(t, `{"const": `+value+`, "dependencies": {"enum": ["x"]}}`)
	if err := r.Valid([]byte(value)); err == nil || strings.Contains(err.Error(), "const") {
		t.Errorf("%v, expected only that x is missing", err)
	}
}

func TestCompile_LongEnumsWithTwinsAreRefused(t *testing.T) {
	twins := strings.TrimSuffix(listOf(600), "]") + `, 1.0]`
	if _, err := schema.Compile([]byte(`{"$schema": "http://json-schema.org/draft-07/schema#", "enum": ` + twins + `}`)); err == nil {
		t.Error("1 and 1.0 in one enum compile, expected an error")
	}
}

// Comparing pair by pair takes the better part of an hour.
func TestCompile_TimeForAnEnumIsLinear(t *testing.T) {
	start := time.Now()
	r := compiled(t, `{"enum": `+listOf(50_000)+`}`)
	for range 500 {
		if err := r.Valid([]byte(`49999`)); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %s, expected a second", took)
	}
}

func compiled(t *testing.T, text string) *schema.Reference {
	t.Helper()
	r, err := schema.Compile([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}
