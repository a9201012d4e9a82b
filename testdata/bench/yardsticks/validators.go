package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	kaptinlin "github.com/kaptinlin/jsonschema"
	v5 "github.com/santhosh-tekuri/jsonschema/v5"
	v6 "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/evctl/evctl/contracts/schema"
	"github.com/evctl/evctl/testdata/bench/workload"
)

// compiled compiles the JSON Schema of each contract.
func compiled[T any](p *workload.Plan, compile func(document []byte) (T, error)) ([]T, error) {
	var all []T
	for _, c := range p.Whole {
		one, err := compile(schema.Project(c))
		if err != nil {
			return nil, fmt.Errorf("compile the schema of %s: %w", c.ID(), err)
		}
		all = append(all, one)
	}
	return all, nil
}

const schemaURL = "mem:///schema.json"

func openV5(p *workload.Plan) (subject, error) {
	schemas, err := compiled(p, func(document []byte) (*v5.Schema, error) {
		c := v5.NewCompiler()
		c.AssertFormat = true
		if err := c.AddResource(schemaURL, bytes.NewReader(document)); err != nil {
			return nil, err
		}
		return c.Compile(schemaURL)
	})
	if err != nil {
		return nil, err
	}
	return inProcess(func(e *workload.Event) bool {
		v, err := decode(e.Raw)
		return err == nil && schemas[e.Contract].Validate(v) == nil
	}), nil
}

// decode is how v5's documentation reads instances.
func decode(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text after the value")
	}
	return v, nil
}

func compileV6(document []byte) (*v6.Schema, error) {
	value, err := v6.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return nil, err
	}
	c := v6.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(schemaURL, value); err != nil {
		return nil, err
	}
	return c.Compile(schemaURL)
}

func openV6(p *workload.Plan) (subject, error) {
	schemas, err := compiled(p, compileV6)
	if err != nil {
		return nil, err
	}
	return inProcess(func(e *workload.Event) bool {
		v, err := v6.UnmarshalJSON(bytes.NewReader(e.Raw))
		return err == nil && schemas[e.Contract].Validate(v) == nil
	}), nil
}

func openKaptinlin(p *workload.Plan) (subject, error) {
	schemas, err := compiled(p, func(document []byte) (*kaptinlin.Schema, error) {
		c := kaptinlin.NewCompiler()
		c.SetAssertFormat(true)
		return c.Compile(document)
	})
	if err != nil {
		return nil, err
	}
	return inProcess(func(e *workload.Event) bool { return schemas[e.Contract].ValidateJSON(e.Raw).IsValid() }), nil
}
