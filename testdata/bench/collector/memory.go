package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/schema"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/client"
)

// measureMemory compiles many contracts of 13 properties: from contracts that are
// linked already, and from the file that a collector loads when it starts.
func measureMemory(ctx context.Context, o *options) error {
	fmt.Printf("| %d contracts of 13 properties, %d cores | time | heap | for each |\n|---|---:|---:|---:|\n", o.contracts, runtime.NumCPU())
	for _, m := range []struct {
		name    string
		prepare func(*options) (func(context.Context) (any, error), error)
	}{
		{"compiled, from linked contracts", fromLinked},
		{"loaded and compiled, from a bundle file", fromBundle},
	} {
		load, err := m.prepare(o)
		if err != nil {
			return err
		}
		before := heap()
		start := time.Now()
		kept, err := load(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		elapsed := time.Since(start)
		used := heap() - before
		runtime.KeepAlive(kept)
		runtime.KeepAlive(load)
		fmt.Printf("| %s | %.2f s | %d MB | %.1f kB |\n", m.name, elapsed.Seconds(), used/1_000_000, float64(used)/float64(o.contracts)/1000)
	}
	fmt.Println()
	return nil
}

// heap is what is in use after all garbage is gone.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what was pooled survives one collection
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func linked(i int) (*contracts.Contract, error) {
	c, diags := contracts.Parse(diag.NewFile("event.yaml", []byte(contracttest.Sample(i))))
	if c != nil {
		lib, _ := contracts.NewLibrary(nil)
		diags = append(diags, lib.Link(c)...)
	}
	for _, d := range diags {
		return nil, fmt.Errorf("contract %d: %s", i, d.Message)
	}
	return c, nil
}

// fromLinked compiles every contract on all cores.
func fromLinked(o *options) (func(context.Context) (any, error), error) {
	all := make([]*contracts.Contract, o.contracts)
	for i := range all {
		var err error
		if all[i], err = linked(i); err != nil {
			return nil, err
		}
	}
	return func(context.Context) (any, error) {
		programs := make([]*payload.Validator, len(all))
		var group errgroup.Group
		group.SetLimit(runtime.GOMAXPROCS(0))
		for i, c := range all {
			group.Go(func() (err error) {
				programs[i], err = payload.Compile(c)
				return err
			})
		}
		return [2]any{programs, all}, group.Wait()
	}, nil
}

// fromBundle opens the file as a collector does, and then has every contract judge an
// event, so that none of them is left to be compiled later.
func fromBundle(o *options) (func(context.Context) (any, error), error) {
	folder, err := writeBundle(o.contracts)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (any, error) {
		defer os.RemoveAll(folder)
		c, err := client.Open(ctx, folder, client.Options{Envelope: envelope.Default()})
		if err != nil {
			return nil, err
		}
		return c, compileAll(c.Set(), o.contracts)
	}, nil
}

func compileAll(set *payload.Set, n int) error {
	names := set.Names()
	if len(names) != n {
		return fmt.Errorf("the set has %d events, expected %d", len(names), n)
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, name := range names {
		group.Go(func() error {
			if v := set.ValidateAs([]byte("{}"), name, ""); v.Valid || len(v.Violations) == 0 || v.Violations[0].Rule != "required" {
				return fmt.Errorf("verdict %v on an empty %s, expected that properties are required", v, name)
			}
			return nil
		})
	}
	return group.Wait()
}

// writeBundle writes the file that evctl export writes, into a new folder.
func writeBundle(n int) (string, error) {
	all := make([]registry.Published, n)
	for i := range all {
		var err error
		if all[i], err = published(i); err != nil {
			return "", err
		}
	}
	folder, err := os.MkdirTemp("", "evctl-bench-")
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Join(folder, "v1"), 0o755); err != nil {
		return "", err
	}
	return folder, os.WriteFile(filepath.Join(folder, "v1", "bundle.json"), registry.EncodeBundle(all), 0o644)
}

func published(i int) (registry.Published, error) {
	c, err := linked(i)
	if err != nil {
		return registry.Published{}, err
	}
	record, err := registry.NewRecord("release.json", c, time.Unix(1_800_000_000, 0), schema.Project(c), []byte("{}"))
	if err != nil {
		return registry.Published{}, err
	}
	out, err := record.Publish()
	out.JSON = bytes.Clone(out.JSON)
	return out, err
}
