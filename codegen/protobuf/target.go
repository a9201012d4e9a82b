package protobuf

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/numbers"
)

// Target writes proto3.
type Target struct{}

// Name is the word in evctl.yaml.
func (Target) Name() string { return "protobuf" }

// Describe is the line of evctl generate --list.
func (Target) Describe() string {
	return "proto3 files, one for each event, with the field numbers of the registry"
}

// Names of options.
const (
	optionPackage    = "package"
	optionGoPackage  = "go_package"
	optionJava       = "java_package"
	optionTimestamps = "timestamps"
	optionRules      = "rules"
)

// Options lists what evctl.yaml may set.
func (Target) Options() []codegen.Option {
	return []codegen.Option{
		{Name: optionPackage, Default: "events", Describe: "protobuf package that the packages of the events are in"},
		{Name: optionGoPackage, Describe: "Go import path of the out folder, for the option go_package; none when empty"},
		{Name: optionJava, Describe: "Java package that the packages of the events are in, for the option java_package; none when empty"},
		{Name: optionTimestamps, Default: "message", Values: []string{"message", "string"},
			Describe: "date-time as google.protobuf.Timestamp, or as the string that was sent"},
		{Name: optionRules, Default: "none", Values: []string{"none", "buf.validate"},
			Describe: "what values may be, as options of buf/validate/validate.proto; none leaves them out"},
	}
}

// config is the options, checked.
type config struct {
	packageName      string
	goPackage        string
	javaPackage      string
	stringTimestamps bool
	rules            bool // those of buf.validate
}

var (
	protoPackage = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$`)
	javaPackage  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$`)
	importPath   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._~/-]*$`)
)

func configure(o codegen.Options) (config, error) {
	c := config{o[optionPackage], strings.TrimSuffix(o[optionGoPackage], "/"), o[optionJava], o[optionTimestamps] == "string", o[optionRules] == "buf.validate"}
	switch {
	case !protoPackage.MatchString(c.packageName):
		return c, fmt.Errorf("option %s is %q, expected lower-case words with dots between them", optionPackage, c.packageName)
	case c.goPackage != "" && !importPath.MatchString(c.goPackage):
		return c, fmt.Errorf("option %s is %q, expected an import path such as example.com/gen/proto", optionGoPackage, c.goPackage)
	case c.javaPackage != "" && !javaPackage.MatchString(c.javaPackage):
		return c, fmt.Errorf("option %s is %q, expected a package such as com.example.events", optionJava, c.javaPackage)
	}
	return c, nil
}

// Identify tells names what the files declare, as long as nothing is released: names that were
// used before are reserved.
func (Target) Identify(m *codegen.Model, options codegen.Options, names *codegen.Names) {
	config, err := configure(options)
	if err != nil {
		return // nothing is generated
	}
	files := names.Files()
	for _, e := range m.Events {
		_, path := place(e, config)
		files.Name(path, e.Origin())
		plan := numbers.Scopes(numbers.Ledger{}, e.Contract)
		newFile(e, config, plan, names).declare(plan)
	}
}

// Generate writes one file for each event. That compilers take them is what the
// tests of this package are for: compiling takes longer than everything else.
func (Target) Generate(m *codegen.Model, options codegen.Options, emit codegen.Emit) error {
	config, err := configure(options)
	if err != nil {
		return err
	}
	return codegen.Parallel(len(m.Events), func() func(int) error {
		p := &printer{}
		return func(i int) error {
			e := m.Events[i]
			file, err := generate(e, config, p)
			if err != nil {
				return fmt.Errorf("event %q: %w", e.Contract.Name, err)
			}
			return emit(file)
		}
	})
}

func generate(e *codegen.Event, config config, p *printer) (codegen.File, error) {
	released, err := ledger(e)
	if err != nil {
		return codegen.File{}, err
	}
	plan := numbers.Scopes(released, e.Contract)
	f := newFile(e, config, plan, nil)
	f.declare(plan)
	return codegen.File{Path: f.path, Content: p.file(f)}, nil
}

// ledger combines the numbers of the released versions.
func ledger(e *codegen.Event) (numbers.Ledger, error) {
	merged, err := numbers.Merge(e.Ledgers...)
	if err != nil {
		return numbers.Ledger{}, fmt.Errorf("released versions disagree: %w", err)
	}
	return merged, nil
}

// place is the package of an event, and the path of its file.
func place(e *codegen.Event, config config) (packageName, file string) {
	word := codegen.Stem(e.Name.Snake())
	if strings.HasSuffix(word, "_") {
		word += "event"
	}
	packageName = config.packageName + "." + word + "." + packageVersion(e.Contract.Version)
	return packageName, path.Join(strings.ReplaceAll(packageName, ".", "/"), word+".proto")
}

func packageVersion(v contracts.Version) string {
	if v.Major == 0 {
		return "v1alpha1"
	}
	return "v" + strconv.Itoa(v.Major)
}
