// Command generate writes the Go code of the workload's messages with protoc-gen-go.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/pluginpb"

	"github.com/evctl/evctl/testdata/bench/workload"
	"github.com/evctl/evctl/testdata/bench/yardsticks/message/descriptor"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	plan, err := workload.Load(ctx)
	if err != nil {
		return err
	}
	files, err := descriptor.Of(ctx, plan.Whole)
	if err != nil {
		return err
	}
	request := &pluginpb.CodeGeneratorRequest{Parameter: proto.String("module=" + descriptor.GoPackage)}
	seen := map[string]bool{}
	for _, f := range files {
		addFile(request, f, seen)
		request.FileToGenerate = append(request.FileToGenerate, f.Path())
	}
	response, err := plugin(ctx, request)
	if err != nil {
		return err
	}
	return write(response)
}

// addFile adds a file behind those that it imports.
func addFile(request *pluginpb.CodeGeneratorRequest, f protoreflect.FileDescriptor, seen map[string]bool) {
	if seen[f.Path()] {
		return
	}
	seen[f.Path()] = true
	for i := range f.Imports().Len() {
		addFile(request, f.Imports().Get(i).FileDescriptor, seen)
	}
	request.ProtoFile = append(request.ProtoFile, protodesc.ToFileDescriptorProto(f))
}

func plugin(ctx context.Context, request *pluginpb.CodeGeneratorRequest) (*pluginpb.CodeGeneratorResponse, error) {
	in, err := proto.Marshal(request)
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, "go", "tool", "protoc-gen-go")
	command.Stdin, command.Stderr = bytes.NewReader(in), os.Stderr
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("protoc-gen-go: %w", err)
	}
	var response pluginpb.CodeGeneratorResponse
	if err := proto.Unmarshal(out, &response); err != nil {
		return nil, err
	}
	if response.Error != nil {
		return nil, errors.New("protoc-gen-go: " + response.GetError())
	}
	return &response, nil
}

func write(response *pluginpb.CodeGeneratorResponse) error {
	if err := os.RemoveAll("gen"); err != nil {
		return err
	}
	for _, f := range response.File {
		path := filepath.Join("gen", filepath.FromSlash(strings.TrimPrefix(f.GetName(), "/")))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(f.GetContent()), 0o644); err != nil {
			return err
		}
	}
	return nil
}
