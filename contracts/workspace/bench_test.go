package workspace_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"testing"

	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/workspace"
)

// large writes a workspace with n contracts, of which every tenth uses a shared definition.
func large(b *testing.B, n int) string {
	dir := b.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(dir+"/"+name, []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	if err := os.Mkdir(dir+"/contracts", 0o755); err != nil {
		b.Fatal(err)
	}
	write("evctl.yaml", "language: v1\n")
	write("contracts/money.yaml", "define: money\ntype: number\n")
	for i := range n {
		text := contracttest.Sample(i)
		if i%10 == 0 {
			text += "  price: {$ref: money}\n"
		}
		write(fmt.Sprintf("contracts/subject_%d.yaml", i), text)
	}
	return dir
}

func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{1000, 5000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchmarkLoad(b, large(b, n)) })
	}
}

// BenchmarkLoadOne checks one file of many, as editors and commit hooks do.
func BenchmarkLoadOne(b *testing.B) {
	benchmarkLoad(b, large(b, 5000), "contracts/subject_10.yaml")
}

func benchmarkLoad(b *testing.B, dir string, paths ...string) {
	var w *workspace.Workspace
	for b.Loop() {
		var err error
		if w, err = workspace.Load(context.Background(), os.DirFS(dir), paths...); err != nil || len(w.Diagnostics) > 0 {
			b.Fatal(err, problems(w.Diagnostics))
		}
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/1e6, "MB-kept")
	runtime.KeepAlive(w)
}
