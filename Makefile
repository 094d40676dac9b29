# nightjar: build, test and try it.  "make help" lists the targets.
#
#   make demo     see it work          make check    run every test
#
# Everything is built below build/ (BUILD=...), never in the source tree.

BUILD   ?= build
CC      ?= gcc
ifeq ($(origin CC),default)
CC      := gcc
endif
VERSION := $(shell cat VERSION)
JOBS    ?= $(shell nproc 2>/dev/null || echo 2)

OPT     ?= -O2 -g
WARN    := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wundef \
           -Wpointer-arith -Wcast-qual -Wwrite-strings -Wno-unused-parameter -Werror=implicit-function-declaration \
           -Werror=int-conversion -Werror=incompatible-pointer-types
WERROR  ?=
# Left out where the compiler does not have it without further persuasion (clang before 16).
ZERO    := $(shell $(CC) -ftrivial-auto-var-init=zero -x c -c -o /dev/null /dev/null 2>/dev/null && echo -ftrivial-auto-var-init=zero)
HARDEN  := -fPIE -fstack-protector-strong $(ZERO)
ifneq ($(findstring x86_64,$(shell $(CC) -dumpmachine 2>/dev/null)),)
HARDEN  += -fstack-clash-protection -fcf-protection
# Runs on all of them; what is fast is asked of those that functions run on.
TUNE    := -mtune=skylake-avx512
endif
FORTIFY := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
ifdef SAN
FORTIFY := -U_FORTIFY_SOURCE
SANFLAGS := -fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all
OPT     := -O1 -g
endif
CPPFLAGS += -Iinclude -D_GNU_SOURCE -DNJ_VERSION='"$(VERSION)"' $(FORTIFY)
CFLAGS  += -std=c17 $(OPT) $(TUNE) $(WARN) $(WERROR) $(HARDEN) $(SANFLAGS) -MMD -MP
LDFLAGS += -pie -Wl,-z,relro,-z,now,-z,noexecstack $(SANFLAGS)
LIBS    := -lcurl -lmicrohttpd -ljansson -lz -ldeflate -lzstd -lm -lpthread

LIB_SRC   := $(sort $(wildcard src/*/*.c))
LIB_OBJ   := $(LIB_SRC:%.c=$(BUILD)/obj/%.o)
LIB       := $(BUILD)/libnightjar.a
# What others do with regular expressions is measured where the library is there.
YARDS     = $(shell pcre2-config --libs8 2>/dev/null)
# The emulator's programs; the prefix of a file says whose part it is.
EMU_MAINS := lambda_emulator capture_sink sample_function probe_extension
EMU_OBJ   := $(patsubst %.c,$(BUILD)/obj/%.o,$(sort $(wildcard tests/emulator/emu_*.c)))
CAP_OBJ   := $(patsubst %.c,$(BUILD)/obj/%.o,$(sort $(wildcard tests/emulator/cap_*.c)))
SF_OBJ    := $(patsubst %.c,$(BUILD)/obj/%.o,$(sort $(wildcard tests/emulator/sf_*.c)))
CAP_LIBS  := -lssl -lcrypto
PROGRAMS  := $(BUILD)/nightjar $(BUILD)/nightjar-capture $(BUILD)/lambda-emulator $(BUILD)/capture-sink $(BUILD)/sample-function $(BUILD)/probe-extension
UNIT_SRC  := $(sort $(wildcard tests/unit/test_*.c))
UNIT_BIN  := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/unit/%)
# Where two threads meet: the proxy's and the other one.
TSAN_UNITS     := $(notdir $(patsubst %.c,%,$(wildcard tests/unit/test_proxy_*.c))) test_sidecar test_loop
TSAN_SCENARIOS := payload-capture payload-flood payload-large payload-managed-instances payload-snapstart payload-timeout
BENCH_SRC := $(sort $(wildcard tests/bench/*.c))
BENCH_BIN := $(BENCH_SRC:tests/bench/%.c=$(BUILD)/bench/%)

.DEFAULT_GOAL := all
.SECONDARY:
.DELETE_ON_ERROR:

.PHONY: all
all: $(PROGRAMS) ## build nightjar, lambda-emulator, capture-sink and the sample function

# What runs once in the life of a sandbox, or once a batch: the static build has it small (COLD_OPT=-Os), the rest fast.
COLD_OPT  ?=
COLD      := src/config/% src/aws/% $(addprefix src/sink/,sink headers sink_alert alert_text format_alert) \
             $(addprefix src/lambda/,extensions_api lifecycle)
$(COLD:%=$(BUILD)/obj/%.o): COLDLY := $(COLD_OPT)

$(BUILD)/obj/%.o: %.c Makefile VERSION
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(COLDLY) -c -o $@ $<

$(LIB): $(LIB_OBJ)
	@rm -f $@
	ar rcs $@ $^

# EXTRA_OBJ: what only the static build has (packaging/layer).
$(BUILD)/nightjar: $(BUILD)/obj/extension/main.o $(EXTRA_OBJ) $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/nightjar-capture: extension/nightjar-capture
	@mkdir -p $(@D)
	install -m 0755 $< $@

$(BUILD)/lambda-emulator: $(BUILD)/obj/tests/emulator/lambda_emulator.o $(EMU_OBJ) $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/capture-sink: $(BUILD)/obj/tests/emulator/capture_sink.o $(CAP_OBJ) $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(CAP_LIBS) $(LIBS)

$(BUILD)/sample-function: $(BUILD)/obj/tests/emulator/sample_function.o $(SF_OBJ) $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/probe-extension: $(BUILD)/obj/tests/emulator/probe_extension.o $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/unit/test_emu_%: $(BUILD)/obj/tests/unit/test_emu_%.o $(EMU_OBJ) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lcheck -lsubunit -lrt $(LIBS)

$(BUILD)/unit/test_cap_%: $(BUILD)/obj/tests/unit/test_cap_%.o $(CAP_OBJ) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lcheck -lsubunit -lrt $(CAP_LIBS) $(LIBS)

$(BUILD)/unit/test_tls_%: $(BUILD)/obj/tests/unit/test_tls_%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lcheck -lsubunit -lrt $(CAP_LIBS) $(LIBS)

$(BUILD)/unit/test_sf_%: $(BUILD)/obj/tests/unit/test_sf_%.o $(SF_OBJ) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lcheck -lsubunit -lrt $(LIBS)

$(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lcheck -lsubunit -lrt $(LIBS)

# The yardstick of start-up: nothing but libc, and that linked in.
$(BUILD)/bench/minimal_extension: $(BUILD)/obj/tests/bench/minimal_extension.o
	@mkdir -p $(@D)
	$(CC) -static -o $@ $^

$(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) $(YARDS)

$(BUILD)/redaction-driver: $(BUILD)/obj/tests/redaction/score_driver.o $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

# nightjar itself, with allocations that can be told to fail.
$(BUILD)/torture/nightjar: $(BUILD)/obj/extension/main.o $(BUILD)/obj/tests/torture/failing_alloc.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) $(foreach f,malloc calloc realloc reallocarray aligned_alloc strdup strndup,-Wl,--wrap=$(f)) -o $@ $^ $(LIBS)

.PHONY: units
units: $(UNIT_BIN) ## build the unit tests

.PHONY: unit
unit: units ## run the unit tests only
	@CK_FORK=$(if $(SAN),no,yes) sh tests/unit/run.sh $(UNIT_BIN)

.PHONY: deps
deps: ## install what building and testing need (Debian, Ubuntu)
	@sh packaging/deps.sh build

.PHONY: check
check: deps ## run all tests: unit tests, the emulator's self-test, scenarios
	@$(MAKE) --no-print-directory -j$(JOBS) all units
	@$(MAKE) --no-print-directory unit
	@$(MAKE) --no-print-directory redaction-check
	@$(MAKE) --no-print-directory selftest
	@$(MAKE) --no-print-directory scenarios

.PHONY: selftest
selftest: all ## the emulator against an extension that misbehaves
	@BUILD=$(BUILD) sh tests/emulator/selftest.sh

.PHONY: scenarios
scenarios: all ## run the scenarios: nightjar in the emulator, story by story (ONLY=name for some, SCENARIOS_BINARY=another nightjar)
	@BUILD=$(BUILD) sh tests/scenarios/run.sh $(ONLY)

.PHONY: redaction-score
redaction-score: $(BUILD)/redaction-driver ## what the redactor hides and leaves of thousands of made-up cases (SCORE="--misses --group keys")
	@python3 -B tests/redaction/score.py --driver $(BUILD)/redaction-driver $(SCORE)

.PHONY: check-backends
check-backends: all ## scenarios against real servers (moto for AWS; from PyPI, into build/; ONLY=name for some)
	@BUILD=$(BUILD) sh tests/backends/run.sh $(ONLY)

.PHONY: redaction-check
redaction-check: $(BUILD)/redaction-driver
	@python3 -B tests/redaction/gens.py
	@python3 -B tests/redaction/score.py --driver $(BUILD)/redaction-driver --gate
	@python3 -B tests/redaction/recast.py --driver $(BUILD)/redaction-driver

AGAINST ?= HEAD~1
.PHONY: redaction-alike
redaction-alike: $(BUILD)/redaction-driver ## does it redact as another commit did (AGAINST=commit; ALIKE="--seed 2")?
	@python3 -B tests/redaction/alike.py --driver $(BUILD)/redaction-driver --against $(AGAINST) $(ALIKE)

.PHONY: check-rie
check-rie: all ## nightjar under AWS's own emulator (RIE=program to use, otherwise built with go; ONLY=case for some)
	@sh packaging/deps.sh judges
	@BUILD=$(BUILD) RIE="$(RIE)" sh tests/judges/rie.sh $(ONLY)

.PHONY: check-simulator
check-simulator: all ## nightjar in lambda-simulator, which freezes processes (needs cargo; ONLY=case for some)
	@sh packaging/deps.sh judges
	@BUILD=$(BUILD) sh tests/judges/simulator.sh $(ONLY)

.PHONY: check-runtimes
check-runtimes: all ## real runtime clients through the wrapper and the proxy (ONLY=client for some)
	@sh packaging/deps.sh runtimes
	@BUILD=$(BUILD) sh tests/runtimes/run.sh $(ONLY)

.PHONY: demo
demo: deps ## build, then watch nightjar at work on a sample function
	@$(MAKE) --no-print-directory -s -j$(JOBS) all
	@BUILD=$(BUILD) sh tests/scenarios/demo.sh

.PHONY: asan
asan: deps ## all tests again under AddressSanitizer and UndefinedBehaviorSanitizer
	@$(MAKE) --no-print-directory BUILD=build/asan SAN=address,undefined check

.PHONY: fuzz
fuzz: deps ## let every fuzzer search for FUZZ_SECONDS (60) under sanitizers (FUZZ=name for some)
	@sh packaging/deps.sh fuzz || true
	@BUILD=$(BUILD) sh tests/fuzz/run.sh

.PHONY: tsan
tsan: deps ## the threads under ThreadSanitizer: the proxy's unit tests, and scenarios with the proxy in the path
	@$(MAKE) --no-print-directory -j$(JOBS) BUILD=build/tsan SAN=thread all $(TSAN_UNITS:%=build/tsan/unit/%)
	@CK_FORK=no TSAN_OPTIONS=halt_on_error=1 sh tests/unit/run.sh $(TSAN_UNITS:%=build/tsan/unit/%)
	@TSAN_OPTIONS=halt_on_error=1 BUILD=build/tsan sh tests/scenarios/run.sh $(TSAN_SCENARIOS)

.PHONY: torture
torture: deps ## each allocation of nightjar fails in turn, alone and for a while, in the emulator (STEP=N: every N-th only)
	@$(MAKE) --no-print-directory -j$(JOBS) all $(BUILD)/torture/nightjar
	@BUILD=$(BUILD) STEP="$(STEP)" python3 -B tests/torture/torture.py

.PHONY: bench
bench: deps ## measure against the budgets (ratios, one run on this machine)
	@sh packaging/deps.sh bench || true
	@$(MAKE) --no-print-directory -j$(JOBS) all $(BENCH_BIN)
	@[ ! -d $(LAYER_OPT) ] || python3 -B packaging/layer/build.py $(LAYER_ARGS)
	@BUILD=$(BUILD) LAYER_DIR=$(LAYER_DIR) sh tests/bench/run.sh

.PHONY: redaction-cost
redaction-cost: $(BUILD)/bench/bench_redact ## what redaction executes for a record, function by function, by valgrind (COST="--part json")
	@python3 -B tests/bench/redact_cost.py --bench $(BUILD)/bench/bench_redact $(COST)

.PHONY: lint
lint: ## format, clang-tidy, cppcheck, include arrows, banned functions
	@sh packaging/deps.sh lint
	@sh tests/lint/run.sh

.PHONY: format
format: ## let clang-format lay out every source file
	clang-format -i $$(git ls-files '*.c' '*.h')

.PHONY: docs
docs: $(BUILD)/nightjar ## write the reference pages from the tables
	$(BUILD)/nightjar --reference > docs/reference.md

# The layer: one static program, built from source with its libraries.  LAYER_DIR may be shared between work trees.
ARCH       ?= x86_64
LAYER_DIR  ?= build/layer
LAYER_OPT  := $(LAYER_DIR)/$(ARCH)/opt
LAYER_RUN  := $(if $(filter arm64,$(ARCH)),--run qemu-aarch64-static)
LAYER_ARGS  = --arch $(ARCH) --out $(LAYER_DIR) --zips build --jobs $(JOBS)

.PHONY: layer
layer: ## build/nightjar-layer-x86_64.zip: a static build for every runtime (ARCH=arm64 for the other)
	@ARCH=$(ARCH) sh packaging/deps.sh layer
	@python3 -B packaging/layer/build.py $(LAYER_ARGS)
	@python3 -B packaging/layer/check.py build/nightjar-layer-$(ARCH).zip --full $(LAYER_DIR)/$(ARCH)/nightjar.full $(LAYER_RUN)

.PHONY: layer-relink-kit
layer-relink-kit: ## the layer, and the archive that serves to link it with another libmicrohttpd; proves that it does
	@ARCH=$(ARCH) sh packaging/deps.sh layer
	@python3 -B packaging/layer/build.py $(LAYER_ARGS) --relink-kit
	@sh tests/layer/relink.sh build/nightjar-layer-$(ARCH)-relink.zip $(LAYER_OPT)/extensions/nightjar

.PHONY: check-layer
check-layer: layer all ## prove the layer: in an empty root, with its own roots of trust, against the start-up budget (arm64: under qemu)
	@BUILD=$(BUILD) ARCH=$(ARCH) LAYER_DIR=$(LAYER_DIR) sh tests/layer/run.sh

.PHONY: reproduce
reproduce: ## build the layer twice, in two places, and compare the bytes
	@ARCH=$(ARCH) sh packaging/deps.sh layer
	@ARCH=$(ARCH) LAYER_DIR=$(LAYER_DIR) JOBS=$(JOBS) sh tests/layer/reproduce.sh

.PHONY: layer-newer
layer-newer: ## are there newer versions of what the layer is made of, and can they be fetched?
	@ARCH=$(ARCH) sh packaging/deps.sh layer
	@python3 -B packaging/layer/sources.py $(LAYER_DIR)/sources --newer

.PHONY: layer-order
layer-order: all ## write down anew which functions a start needs (packaging/layer/order.txt; needs valgrind and make layer)
	@BUILD=$(BUILD) python3 -B tests/layer/order.py $(LAYER_DIR)

.PHONY: check-packaging
check-packaging: ## templates, Dockerfiles, scripts and policies of packaging/, by their own tools
	@sh packaging/deps.sh packaging
	@sh tests/packaging/run.sh

.PHONY: clean
clean: ## remove everything that was built
	rm -rf $(BUILD)

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 28

-include $(LIB_OBJ:.o=.d) $(EMU_OBJ:.o=.d) $(CAP_OBJ:.o=.d) $(SF_OBJ:.o=.d) $(EMU_MAINS:%=$(BUILD)/obj/tests/emulator/%.d) \
         $(BUILD)/obj/tests/torture/failing_alloc.d $(UNIT_SRC:%.c=$(BUILD)/obj/%.d) $(BENCH_SRC:%.c=$(BUILD)/obj/%.d) $(BUILD)/obj/extension/main.d $(BUILD)/obj/tests/redaction/score_driver.d
