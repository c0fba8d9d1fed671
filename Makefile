# make help lists the targets. Each installs first what it needs and this machine lacks (deploy/setup.sh).
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
export PYTHONDONTWRITEBYTECODE := 1

# What `make run` shows: a network and frames that are in the repository.
RUN_CONFIG := deploy/samples/run.json

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r t d; do printf '  make %-12s %s\n' "$$t" "$$d"; done

.PHONY: setup
setup: ## install everything that the other targets need
	deploy/setup.sh

.PHONY: build
build: ## the programs for this PC: out/host/edgec and out/host/edged
	deploy/setup.sh build
	deploy/build-host.sh

.PHONY: run
run: ## frames through the sample network, predictions as JSON lines
	deploy/setup.sh run
	deploy/build-host.sh edged
	out/host/edged run --config $(RUN_CONFIG)

.PHONY: test
test: ## every check, on x64 and on emulated Cortex-A53, A72 and A76
	deploy/setup.sh test
	tests/run-tests.sh

.PHONY: publish
publish: ## the board's program, stripped, for linux-arm64: out/arm64/edged
	deploy/setup.sh publish
	deploy/publish-arm64.sh

.PHONY: package
package: ## the board's Debian package and archive: out/edge-runtime_VERSION_arm64.deb
	deploy/setup.sh package
	deploy/publish-arm64.sh
	deploy/package.sh

.PHONY: vm-test
vm-test: ## deploys to an emulated board and checks camera, pins, serial port and faults from outside (MACHINE=raspi3b: the Pi 3's own; virt-trixie: Debian 13)
	deploy/setup.sh vm
	deploy/publish-arm64.sh
	deploy/package.sh
	tests/vboard/vm_test.py $(or $(MACHINE),virt)

.PHONY: format
format: ## format the C# sources in place
	deploy/setup.sh build
	dotnet format EdgeRuntime.sln

.PHONY: bench
bench: ## times on this PC, of the networks in MODELS= or of the one in the repository
	deploy/setup.sh build
	deploy/build-host.sh edged
	for model in $(or $(MODELS),deploy/models/digits-int8.edge); do out/host/edged bench $$model --runs 200 --warmup 20 --threads 1; done

.PHONY: bench-x64
bench-x64: ## int8 networks on this PC, side by side with ONNX Runtime
	deploy/setup.sh build
	deploy/build-host.sh edgec
	tests/benchmarks/bench-x64.sh $(MODELS)

.PHONY: cost
cost: ## modelled cycles per network and core; MODELS=, CORES= and LAYERS=1 narrow it down
	deploy/setup.sh cost
	deploy/publish-arm64.sh --symbols
	deploy/build-host.sh edgec
	tests/cost/cost.py table $(if $(LAYERS),--layers) $(foreach c,$(CORES),--core $(c)) $(MODELS)

.PHONY: cost-frames
cost-frames: ## what the conversion of a camera's frame costs beside MobileNet V2
	deploy/setup.sh cost
	deploy/publish-arm64.sh --symbols
	deploy/build-host.sh edgec
	tests/cost/cost.py frames

.PHONY: cost-binary
cost-binary: ## binary layers and networks beside their peers: docs/binary-performance.md, docs/binary-claims.md
	deploy/setup.sh cost
	deploy/publish-arm64.sh --symbols
	deploy/build-host.sh edgec
	tests/cost/cost.py binary --part layers --part networks --write docs/binary-performance.md
	tests/cost/cost.py binary --part real --part forms --part claims --part weights --part depthwise --part binarize --write docs/binary-claims.md

.PHONY: cost-record
cost-record: ## record today's costs, which later builds are held to
	deploy/setup.sh cost
	deploy/publish-arm64.sh --symbols
	deploy/build-host.sh edgec
	tests/cost/cost.py record

.PHONY: results
results: ## write docs/results.md anew from the logs in docs/results
	deploy/setup.sh build
	deploy/build-host.sh edgec
	out/host/edgec results

.PHONY: performance
performance: ## docs/performance.md: networks and layers on all cores, and on this PC beside ONNX Runtime
	deploy/setup.sh cost
	deploy/publish-arm64.sh --symbols
	deploy/build-host.sh edgec
	tests/benchmarks/bench-x64.sh --json out/bench/x64.json
	tests/cost/performance.py measure
	tests/cost/performance.py page

.PHONY: clean
clean: ## remove everything that was built
	rm -rf out
	find . -path ./.git -prune -o \( -name bin -o -name obj -o -name TestResults \) -type d -prune -exec rm -rf {} +
