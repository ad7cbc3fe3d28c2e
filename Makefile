# What one does with this repository. `make` alone lists it.
#
# Needed: Rust (rustup brings the toolchain), Node 20 or later with npm, python3 with venv, git, a C
# compiler. Everything else is brought from package registries by the commands that need it.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help demo test beside e2e living load bench bench-catalog bench-peer generate screenshot lint format clippy doc

DEMO_DATA := target/demo
# Further options of service/bench/peer.mjs, for example `--smoke` or `--only stream,start`.
BENCH ?=
PROGRAM := $(or $(CARGO_TARGET_DIR),target)/debug/stagecraft
RELEASE := $(or $(CARGO_TARGET_DIR),target)/release/stagecraft
RESULTS := target/bench

help: ## List what there is
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

demo: ## Show the main job: from a template to a repository, on this machine alone
	@echo "Building Stagecraft. The first build takes some minutes, later ones seconds."
	@rm -rf $(DEMO_DATA)
	@cargo build --quiet --locked -p stagecraft
	@cargo run --quiet --locked -p stagecraft -- demo --data $(DEMO_DATA)

test: ## Run every test, on SQLite and PostgreSQL, and check what the golden paths generate
	@service/tests/tools/install.sh
	@service/nunjucks/tests/originals/install.sh
	@catalog-gen/tests/oracle/install.sh
	@service/policy/tests/oracle/install.sh
	@echo "Building and running the tests. The first build takes some minutes."
	@cargo test --quiet --locked --workspace
	@service/preview/check.sh $(PROGRAM)
	@backstage-plugin/check.sh
	@.ci/check-golden-paths

beside: ## Run the modules for a Backstage that keeps its own scaffolder in such a one
	@cargo build --quiet --locked -p stagecraft
	@backstage-plugin/beside/check.sh $(PROGRAM)

e2e: ## Go through the stages in a real Backstage with a real Chromium; PICTURES=<folder> keeps pictures
	@cargo build --quiet --locked -p stagecraft
	@PICTURES="$(PICTURES)" backstage-plugin/e2e/run.sh $(PROGRAM)

living: ## Push to a code host, and see a real Backstage catalog follow; KEEP=1 keeps the logs
	@cargo build --quiet --locked -p stagecraft
	@cargo build --quiet --locked -p github-double
	@backstage-plugin/e2e/living.sh $(PROGRAM) $(dir $(PROGRAM))github-double

lint: format clippy doc ## Check format, lints and documentation

format:
	@cargo fmt --all --check

clippy:
	@cargo clippy --quiet --locked --workspace --all-targets -- -D warnings

# The pages are for those who work on the crates: they show private items and may link to them.
doc:
	@RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" \
		cargo doc --quiet --locked --workspace --no-deps --document-private-items

generate: ## Write the generated files anew: preview page, API description, pages of settings, actions and lint rules, table of recordings
	@service/preview/install.sh
	@node service/preview/build.mjs
	@cargo build --quiet --locked -p stagecraft
	@mkdir -p target
	@cargo run --quiet --locked -p stagecraft -- openapi > target/openapi.json
	@cargo run --quiet --locked -p stagecraft -- settings --markdown > target/configuration.md
	@cargo run --quiet --locked -p stagecraft -- actions --markdown > target/actions.md
	@cargo run --quiet --locked -p stagecraft -- lint --markdown > target/lint.md
	@mv target/openapi.json service/openapi.json
	@mv target/configuration.md docs/configuration.md
	@mv target/actions.md docs/actions.md
	@mv target/lint.md docs/lint.md
	@UPDATE_GENERATED=1 cargo test --quiet --locked -p stagecraft --test it every_recording_has_a_case > /dev/null
	@backstage-plugin/install.sh
	@backstage-plugin/plugins/stagecraft-node/generate.sh
	@echo "wrote service/openapi.json and the plugins' types of it, docs/configuration.md, docs/actions.md, docs/lint.md and service/tests/it/http/recorded/README.md"

screenshot: ## Take the picture of the preview page anew: docs/dev.png
	@service/preview/install.sh
	@cargo build --quiet --locked -p stagecraft
	@cd service/preview && STAGECRAFT=$(abspath $(PROGRAM)) SCREENSHOT=$(abspath docs/dev.png) \
		node test.mjs e2e --test-name-pattern=picture
	@echo "wrote docs/dev.png"

load: ## Run 1,000 tasks of two worker processes at the GitHub of the tests, under its limits; send 40,000 deliveries
	@STAGECRAFT_LOAD_TASKS=1000 cargo test --quiet --locked -p stagecraft --test it \
		github_load::tasks_of_two_worker_processes -- --nocapture --test-threads 1
	@STAGECRAFT_WEBHOOK_LOAD=1 cargo test --quiet --locked -p stagecraft --test it webhook_load -- --nocapture

bench: ## Measure a release build: rendering, pushing, the service, the command line
	@echo "Building for release, which takes several minutes; then measuring, which takes longer."
	@cargo build --quiet --locked --release -p stagecraft --bin stagecraft --example render_bench --example push_bench
	@mkdir -p $(RESULTS)
	@$(dir $(RELEASE))examples/render_bench | tee $(RESULTS)/render.md
	@$(dir $(RELEASE))examples/push_bench | tee $(RESULTS)/push.md
	@node service/bench/peer.mjs --binary $(RELEASE) $(BENCH) --json $(RESULTS)/stagecraft.json --markdown $(RESULTS)/stagecraft.md
	@node service/bench/peer.mjs --binary $(RELEASE) --commands --json $(RESULTS)/commands.json --markdown $(RESULTS)/commands.md
	@echo "The tables and their raw values are in $(RESULTS)."

bench-catalog: ## Measure how fast a release build of catalog-gen reads repositories; MIRRORS=<folder> scores it, too
	@cargo build --quiet --locked --release -p catalog-gen --example catalog_bench --example score
	@mkdir -p $(RESULTS)
	@$(dir $(RELEASE))examples/catalog_bench | tee $(RESULTS)/catalog.md
	@if [ -n "$(MIRRORS)" ]; then $(dir $(RELEASE))examples/score --mirrors "$(MIRRORS)" --beside | tee $(RESULTS)/score.md; fi

bench-peer: ## Measure a release build beside the official scaffolder backend, in turns, and through the proxy
	@echo "Building for release and bringing the official backend takes several minutes the first time."
	@cargo build --quiet --locked --release -p stagecraft --bin stagecraft
	@mkdir -p $(RESULTS)
	@backstage-plugin/build.sh
	@stock=$$(service/bench/stock/install.sh) && node service/bench/peer.mjs --binary $(RELEASE) --stock "$$stock" \
		--proxy backstage-plugin $(BENCH) --json $(RESULTS)/peer.json --markdown $(RESULTS)/peer.md
	@echo "The tables and their raw values are in $(RESULTS)."
