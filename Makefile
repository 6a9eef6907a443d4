# stanced: `make demo` shows it working, `make check` tests it, `make help` lists the rest.
# Variables: CC=clang, SANITIZE=1 (into build/asan), V=1 (show commands), PREFIX=, DESTDIR=

ifeq ($(origin CC),default)
CC       := gcc
endif
say       = $(if $(V),,@echo '  $(1) $@';)
PREFIX   ?= /usr/local
SANITIZE ?=
comma    := ,
B        := build$(if $(SANITIZE),/asan)
VERSION  := 0.1.0

WARN   := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wwrite-strings -Werror
CFLAGS ?= -O2 -g
CFLAGS += $(if $(SANITIZE),-O1 -fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)

CFLAGS += $(if $(FUZZ),-fsanitize=fuzzer-no-link)
override CFLAGS += $(CPPFLAGS) -std=c17 $(WARN) -D_GNU_SOURCE -DSTANCED_VERSION='"$(VERSION)"' \
                   -DSTANCED_CONFIG_DIR='"$(PREFIX)/share/stanced"' -I. -MMD -MP

# What each program is made of. Floors: everyone stands on proto, nobody on each other.
proto   := $(wildcard proto/base/*.c proto/*.c)
workers := $(filter-out workers/train/% workers/main.c workers/code.c workers/task.c workers/confine.c,$(wildcard workers/*.c workers/*/*.c))
obj      = $(patsubst %.c,$(B)/obj/%.o,$(1))

LIBS_proto   := -lmsgpackc -ljansson -lsodium
LIBS_daemon  := -lzmq -llmdb -levent_core -levent_extra -linih -lsystemd
LIBS_workers := -lm

PROGRAMS := $(B)/stanced $(B)/stance-worker $(B)/stance-code $(B)/stance
TESTS    := $(patsubst tests/unit/%.c,$(B)/unit/%,$(shell find tests/unit -name "test_*.c"))

all: $(PROGRAMS)

$(B)/stanced: $(call obj,$(wildcard daemon/*.c) $(proto))
	$(call say,build)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS_proto) $(LIBS_daemon)
$(B)/stance-worker: $(call obj,workers/main.c workers/task.c workers/confine.c $(workers) $(proto))
	$(call say,build)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS_proto) $(LIBS_workers) -lzmq -lseccomp
$(B)/stance-code: $(call obj,workers/code.c $(workers) $(proto))
	$(call say,build)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS_proto) $(LIBS_workers)
$(B)/stance: $(call obj,$(wildcard clients/*.c) $(proto))
	$(call say,build)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS_proto) -lzmq -linih

$(B)/obj/%.o: %.c | packages
	@mkdir -p $(@D)
	$(call say,build)$(CC) $(CFLAGS) -c -o $@ $<

# The engine's arithmetic is compiled for several processors; which one runs is chosen at start. All give the same bits
# (kernels.h), which contraction to fused multiply-adds would break.
KERNELS := $(B)/obj/workers/engine/kernels_
ifneq ($(filter x86_64%,$(shell $(CC) -dumpmachine)),)
$(KERNELS)avx2.o:   override CFLAGS += -mavx2
$(KERNELS)avx512.o: override CFLAGS += -mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx512vnni -mprefer-vector-width=512
endif
$(KERNELS)plain.o $(KERNELS)avx2.o $(KERNELS)avx512.o: override CFLAGS += -O3 -ffp-contract=off -fno-trapping-math

# A unit test may use every module but the mains.
$(B)/unit/%: tests/unit/%.c $(call obj,$(proto) $(workers) workers/confine.c $(filter-out daemon/main.c,$(wildcard daemon/*.c)) $(filter-out clients/stance.c,$(wildcard clients/*.c)))
	@mkdir -p $(@D)
	$(call say,build)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.c %.o,$^) $(LIBS_proto) $(LIBS_daemon) $(LIBS_workers) -lseccomp -lcmocka

FAULTS := $(addprefix $(B)/fault/,stanced stance-worker peek shim.so)
BENCH := $(B)/bench/load $(B)/bench/skeleton $(B)/bench/null_worker $(B)/bench/engine

# Programs that measure are built with the tests, so that they do not rot.
tests: all $(TESTS) $(BENCH) $(FAULTS) $(B)/process/taken_over

# A worker that an article has taken over.
$(B)/process/taken_over: $(call obj,tests/process/taken_over.c workers/main.c workers/task.c workers/confine.c $(proto))
	@mkdir -p $(@D)
	$(call say,build)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS_proto) -lzmq -lseccomp

# Fault builds: the same objects, linked with fail points in between (tests/fault/points.h). A release has none of it.
WRAP    = $(patsubst %,-Wl$(comma)--wrap=%,malloc calloc realloc zmq_send zmq_msg_send zmq_msg_init_size clock_wall_ms $(1))
$(B)/fault/stanced: $(call obj,tests/fault/points.c tests/fault/points_daemon.c $(wildcard daemon/*.c) $(proto))
	@mkdir -p $(@D)
	$(call say,build)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(call WRAP,mdb_put mdb_txn_begin mdb_txn_commit posix_spawnp) $(LIBS_proto) $(LIBS_daemon)
$(B)/fault/stance-worker: $(call obj,tests/fault/points.c tests/fault/points_worker.c workers/main.c workers/task.c workers/confine.c $(workers) $(proto))
	@mkdir -p $(@D)
	$(call say,build)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(call WRAP,pipeline_run) $(LIBS_proto) $(LIBS_workers) -lzmq -lseccomp

$(B)/bench/engine: tests/bench/engine.c $(call obj,$(workers) $(proto))
	@mkdir -p $(@D)
	$(call say,build)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.c %.o,$^) $(LIBS_proto) $(LIBS_workers)
$(B)/bench/%: tests/bench/%.c $(call obj,$(proto))
	@mkdir -p $(@D)
	$(call say,build)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.c %.o,$^) $(LIBS_proto) -lzmq

$(B)/fault/peek: $(call obj,tests/fault/peek.c $(wildcard daemon/store*.c) $(proto))
	@mkdir -p $(@D)
	$(call say,build)$(CC) $(CFLAGS) -o $@ $^ $(LIBS_proto) -llmdb
# Loaded into a daemon of the plain build; sanitizers want to be first there, so it has none.
$(B)/fault/shim.so: tests/fault/shim.c
	@mkdir -p $(@D)
	$(call say,build)$(CC) $(filter-out -fsanitize=% -fno-sanitize%,$(CFLAGS)) -fPIC -shared -o $@ $< -ldl

# Fuzz targets, one a parser; built by clang in a folder of their own, where its runtime is (libclang-rt-14-dev).
FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/%,$(wildcard tests/fuzz/fuzz_*.c))
SECONDS_EACH ?= 20
TARGETS ?=
fuzz:
	@tests/packages.sh clang libclang-rt-14-dev
	@$(MAKE) CC=clang SANITIZE=1 FUZZ=1 B=$(B)/fuzz fuzzers
	@tests/fuzz/fuzz.sh $(B)/fuzz $(SECONDS_EACH) $(TARGETS)
fuzzers: $(FUZZERS)
$(B)/fuzz_%: tests/fuzz/fuzz_%.c $(call obj,$(proto) $(workers) $(filter-out daemon/main.c,$(wildcard daemon/*.c)) $(filter-out clients/stance.c,$(wildcard clients/*.c)))
	$(call say,build)$(CC) $(CFLAGS) -fsanitize=fuzzer -o $@ $(filter %.c %.o,$^) $(LIBS_proto) $(LIBS_daemon) $(LIBS_workers) -lcmocka

# What `make quality` measures that no program shows.
QUALITY := $(B)/quality/lemmas $(B)/quality/mentions
$(B)/quality/%: tests/quality/%.c $(call obj,$(proto) $(workers))
	@mkdir -p $(@D)
	$(call say,build)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.c %.o,$^) $(LIBS_proto) $(LIBS_workers)

# Installs what is missing, says which, asks nothing; a machine that has all of it does nothing here.
packages:
	@tests/packages.sh

demo: all
	@tests/demo.sh
check:
	@tests/check.sh
# The fault tests at length: every N, every cut, a thousand kills. `make check` has a sample of them.
check-faults: all $(FAULTS)
	@STANCED_FAULTS=long STANCED_BUILD=$(B) /usr/bin/python3 tests/process/run.py --in tests/fault
bench: all $(BENCH)
	@tests/bench/bench.sh
# The model file is in the repository; this trains it again from the data beside the checkout, in some hours.
model:
	@workers/train/model.sh
quality: all $(QUALITY)
	@tests/quality/quality.sh

# The language model: the last one in workers/model, as the programs in build/ take it.
MODEL := $(lastword $(sort $(wildcard workers/model/*.stm)))

# ---- installing ----

# libstance, for C: static, because its interface is not fixed yet.
$(B)/libstance.a: $(call obj,clients/libstance.c clients/link.c clients/whole.c $(proto))
	$(call say,build)rm -f $@ && ar rcsD $@ $^
LIBSTANCE_HEADERS := clients/libstance.h proto/keys.h proto/messages.h proto/event.h proto/ontology.h proto/reason.h \
                     proto/base/arena.h proto/base/clock.h proto/base/hash.h proto/base/str.h

UNITDIR = $(PREFIX)/lib/systemd/system
to      = $(DESTDIR)$(PREFIX)

# PREFIX=/usr for a system-wide installation with its services; DESTDIR= to stage it. Man pages want lowdown.
install: all $(B)/libstance.a
	install -D -m 755 -t $(to)/bin $(PROGRAMS)
	install -D -m 644 -t $(to)/share/stanced config/*.tsv
	install -D -m 644 -t $(to)/share/stanced/lexicon config/lexicon/*.tsv
	$(if $(MODEL),install -D -m 644 $(MODEL) $(to)/share/stanced/model.stm)
	install -D -m 644 -t $(DESTDIR)/etc/stanced config/stanced.conf systemd/worker.env
	install -d $(DESTDIR)$(UNITDIR)
	for unit in systemd/*.service; do \
	    sed 's|/usr/bin/stance|$(PREFIX)/bin/stance|' $$unit >$(DESTDIR)$(UNITDIR)/$$(basename $$unit) || exit 1; done
	install -D -m 644 systemd/stanced.sysusers $(to)/lib/sysusers.d/stanced.conf
	install -D -m 644 systemd/stanced.tmpfiles $(to)/lib/tmpfiles.d/stanced.conf
	man/generate.sh $(B)/man
	for page in $(B)/man/*; do install -D -m 644 -t $(to)/share/man/man$${page##*.} $$page || exit 1; done
	install -D -m 644 clients/stance.bash $(to)/share/bash-completion/completions/stance
	install -D -m 644 -t $(to)/share/doc/stanced README.md proto/PROTOCOL.md
	install -D -m 644 -t $(to)/lib $(B)/libstance.a
	for h in $(LIBSTANCE_HEADERS); do install -D -m 644 $$h $(to)/include/stanced/$$h || exit 1; done
	install -d $(to)/lib/pkgconfig
	sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|' clients/libstance.pc.in >$(to)/lib/pkgconfig/libstance.pc
	install -D -m 644 -t $(to)/lib/python3/dist-packages clients/python/stance.py

# Debian packages, into build/deb; check-deb builds them twice and looks at what came out.
deb:
	@debian/build.sh
check-deb:
	@debian/check.sh

# The packages on a real boot: Debian 12 with its systemd in a container. Wants root, and some minutes the first time.
check-systemd: deb
	@tests/packages.sh systemd-container debootstrap util-linux
	@/usr/bin/python3 tests/systemd/boot.py

clean:
	rm -rf build

help:
	@echo 'make          build everything into build/      make demo     feed a daemon our articles, see the events'
	@echo 'make check    all tests, plain and sanitized    make bench    speed        make quality  accuracy'
	@echo 'make check-faults  kill, starve and cut everything, for some minutes'
	@echo 'make fuzz     every parser with random input, SECONDS_EACH=20, TARGETS="http text"'
	@echo 'make install  into PREFIX (/usr/local)         make clean    remove build/           make model    train the model'
	@echo 'make deb      Debian packages                   make check-deb   the same bytes twice, lintian, units, man pages'
	@echo 'make check-systemd   the packages on a real boot, in a container'

.PHONY: all tests packages demo check check-faults fuzz fuzzers bench quality model install deb check-deb check-systemd clean help
-include $(shell find $(B)/obj $(B)/unit $(B)/bench $(B)/quality $(B)/fault -name '*.d' 2>/dev/null)
