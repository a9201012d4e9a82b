package contracts_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/diag"
)

func sampleFiles(n int) []*diag.File {
	files := make([]*diag.File, n)
	for i := range files {
		files[i] = diag.NewFile(fmt.Sprintf("contracts/%d.yaml", i), []byte(contracttest.Sample(i)))
	}
	return files
}

func parseAll(b testing.TB, files []*diag.File) []*contracts.Contract {
	all := make([]*contracts.Contract, len(files))
	for i, f := range files {
		c, diags := contracts.Parse(f)
		if len(diags) > 0 {
			b.Fatalf("problems:\n%s", render(diags))
		}
		all[i] = c
	}
	return all
}

func BenchmarkParse(b *testing.B) {
	files := sampleFiles(100)
	b.ReportAllocs()
	for b.Loop() {
		parseAll(b, files)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/100, "µs/contract")
}

func BenchmarkParseRelease(b *testing.B) {
	files := sampleFiles(100)
	library, _ := contracts.NewLibrary(nil)
	for i, c := range parseAll(b, files) {
		library.Link(c)
		files[i] = diag.NewFile(fmt.Sprintf("%d.json", i), contracts.Marshal(c))
	}
	b.ReportAllocs()
	for b.Loop() {
		parseAll(b, files)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/100, "µs/contract")
}

func BenchmarkLink(b *testing.B) {
	files := sampleFiles(1)
	library, _ := contracts.NewLibrary(nil)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		c := parseAll(b, files)[0]
		b.StartTimer()
		library.Link(c)
	}
}

func BenchmarkDigest(b *testing.B) {
	library, _ := contracts.NewLibrary(nil)
	c := parseAll(b, sampleFiles(1))[0]
	library.Link(c)
	b.ReportAllocs()
	for b.Loop() {
		contracts.DigestOf(c)
	}
}

// What stays in memory of a parsed contract is bounded: 5,000 of them live side by side.
func TestParse_KeepsLittleInMemory(t *testing.T) {
	const n = 500
	files := sampleFiles(n)
	library, _ := contracts.NewLibrary(nil)
	before := heap()
	all := parseAll(t, files)
	for _, c := range all {
		library.Link(c)
	}
	kept := (heap() - before) / n
	t.Logf("%d bytes for each contract", kept)
	if kept > 30_000 {
		t.Errorf("a contract of 13 properties keeps %d bytes, so 5,000 keep more than 150 MB", kept)
	}
	runtime.KeepAlive(all)
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
