# make demo   the whole tool on the shop in testdata/shop, then stops by itself
# make test   everything: vet, unit, golden, command line, generated code, corpora
# make bench  figures with medians and ratios; make bench-payload those of the validator
#             alone (node and npm are needed)
# make fuzz   the fuzz targets, FUZZTIME each
# make update rewrites the golden files; look at the diff afterwards

GO ?= go
FUZZTIME ?= 30s
export GOFLAGS ?= -buildvcs=false

.PHONY: demo test bench bench-payload fuzz update build

build:
	$(GO) build -o bin/evctl ./cmd/evctl

demo: build
	sh testdata/demo.sh bin/evctl

test:
	@[ -n "$$EVCTL_CORPORA" ] || echo "note: EVCTL_CORPORA is not set, so no real schemas are taken through the tool"
	@sh testdata/tools.sh
	$(GO) vet ./... ./testdata/bench/...
	cd testdata/bench/yardsticks && $(GO) vet ./...
	$(GO) test -timeout 30m ./... ./testdata/bench/... # on a new machine, some of them install what they need first

bench: build
	$(GO) run ./testdata/bench
	$(GO) test ./contracts/subschema -run '^$$' -bench RealPairs -benchtime 3x
	$(MAKE) bench-payload
	$(GO) test ./codegen/typescript -run '^$$' -bench Ajv -benchtime 1x

bench-payload: build
	cd testdata/bench/yardsticks && $(GO) run .
	$(GO) test ./contracts/payload -run '^$$' -bench Corpora -benchtime 1x
	$(GO) run ./testdata/bench/collector

fuzz:
	sh testdata/fuzz.sh $(FUZZTIME)

update:
	EVCTL_UPDATE=1 $(GO) test ./...
