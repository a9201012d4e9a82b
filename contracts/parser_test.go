package contracts_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/diag"
)

// What a parser made of a file is still looked at when many others have been read in the
// same memory.
func TestParser_KeepsNothingOfTheMemoryThatItUsesAgain(t *testing.T) {
	var parser contracts.Parser
	rapid.Check(t, func(t *rapid.T) {
		type result struct {
			Contract *contracts.Contract
			Problems []string
		}
		read := func(parse func(*diag.File) (*contracts.Contract, []diag.Diagnostic), f *diag.File) result {
			c, diags := parse(f)
			r := result{Contract: c}
			for _, d := range diags {
				r.Problems = append(r.Problems, fmt.Sprint(d.Rule, d.Span, d.Subject, d.Message, d.Hint, d.Related))
			}
			return r
		}
		var files []*diag.File
		for range rapid.IntRange(1, 4).Draw(t, "contracts") {
			for _, f := range contracttest.Files().Draw(t, "files") {
				text := []byte(f.Text)
				if rapid.Bool().Draw(t, "broken") {
					text = contracttest.Corrupt(text).Draw(t, "text")
				}
				files = append(files, diag.NewFile(f.Path, text))
			}
		}
		var got []result
		for _, f := range files {
			got = append(got, read(parser.Parse, f))
		}
		for i, f := range files {
			want := read(contracts.Parse, f)
			if d := cmp.Diff(want.Problems, got[i].Problems); d != "" {
				t.Fatalf("problems of %s (-want +got):\n%s\n%s", f.Path, d, f.Data)
			}
			// Two parses of one file share nothing but the file, private fields included.
			if !reflect.DeepEqual(want.Contract, got[i].Contract) {
				t.Fatalf("%s is not what Parse makes of it:\n%s", f.Path, f.Data)
			}
		}
	})
}
