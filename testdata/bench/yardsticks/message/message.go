// Package message is the workload's events as protobuf: messages of evctl's own
// target, with Go code of protoc-gen-go, and filled from the JSON of an event.
package message

//go:generate go run ./generate

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/testdata/bench/yardsticks/message/descriptor"
	experiment "github.com/evctl/evctl/testdata/bench/yardsticks/message/gen/bench/experiment_exposed/v1"
	order "github.com/evctl/evctl/testdata/bench/yardsticks/message/gen/bench/order_completed/v3"
	page "github.com/evctl/evctl/testdata/bench/yardsticks/message/gen/bench/page_viewed/v1"
	product "github.com/evctl/evctl/testdata/bench/yardsticks/message/gen/bench/product_viewed/v2"
	search "github.com/evctl/evctl/testdata/bench/yardsticks/message/gen/bench/search_performed/v1"
)

// New makes an empty message of an event, nil for an event that is not of the workload.
func New(event string) proto.Message {
	switch event {
	case "page.viewed":
		return new(page.PageViewed)
	case "product.viewed":
		return new(product.ProductViewed)
	case "search.performed":
		return new(search.SearchPerformed)
	case "order.completed":
		return new(order.OrderCompleted)
	case "experiment.exposed":
		return new(experiment.ExperimentExposed)
	}
	return nil
}

// Check fails when the Go code is not that of the contracts as they are now.
func Check(events []*contracts.Contract) error {
	files, err := descriptor.Of(context.Background(), events)
	if err != nil {
		return err
	}
	current := map[string]bool{}
	for _, c := range events {
		f := New(c.Name).ProtoReflect().Descriptor().ParentFile()
		for _, want := range files {
			if want.Path() == f.Path() && proto.Equal(protodesc.ToFileDescriptorProto(want), protodesc.ToFileDescriptorProto(f)) {
				current[f.Path()] = true
			}
		}
		if !current[f.Path()] {
			return fmt.Errorf("the Go code of %s is not that of its contract; run go generate ./...", f.Path())
		}
	}
	return nil
}
