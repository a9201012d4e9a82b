package document_test

import (
	"fmt"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

// BenchmarkLibrary is what yaml.v3 alone takes; Parse is compared with it.
func BenchmarkLibrary(b *testing.B) {
	texts := samples()
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range texts {
			var n yaml.Node
			if err := yaml.Unmarshal(text, &n); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(len(texts)), "µs/contract")
}

func BenchmarkParse(b *testing.B) {
	texts := samples()
	b.ReportAllocs()
	for b.Loop() {
		for i, text := range texts {
			if n, _ := document.Parse(diag.NewFile(fmt.Sprint(i), text)); n == nil {
				b.Fatal("nothing was read")
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(len(texts)), "µs/contract")
}

func samples() [][]byte {
	texts := make([][]byte, 100)
	for i := range texts {
		texts[i] = []byte(contracttest.Sample(i))
	}
	return texts
}
