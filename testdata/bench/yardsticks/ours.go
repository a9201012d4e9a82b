package main

import "github.com/evctl/evctl/testdata/bench/workload"

func openValid(p *workload.Plan) (subject, error) {
	validators, err := p.Validators()
	if err != nil {
		return nil, err
	}
	return inProcess(func(e *workload.Event) bool { return validators[e.Contract].Valid(e.Raw) }), nil
}

func openReasons(p *workload.Plan) (subject, error) {
	validators, err := p.Validators()
	if err != nil {
		return nil, err
	}
	return inProcess(func(e *workload.Event) bool { return len(validators[e.Contract].Validate(e.Raw)) == 0 }), nil
}

func openSetValid(p *workload.Plan) (subject, error) {
	set, err := p.Set()
	if err != nil {
		return nil, err
	}
	return inProcess(func(e *workload.Event) bool { return set.Valid(e.Raw) }), nil
}

func openSet(p *workload.Plan) (subject, error) {
	set, err := p.Set()
	if err != nil {
		return nil, err
	}
	return inProcess(func(e *workload.Event) bool { return set.Validate(e.Raw).Valid }), nil
}
