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

override CFLAGS += -std=c17 $(WARN) -D_GNU_SOURCE -DSTANCED_VERSION='"$(VERSION)"' \
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
	$(call say,build)$(CC) $(CFLAGS) -o $@ $^ $(LIBS_proto) $(LIBS_daemon)
$(B)/stance-worker: $(call obj,workers/main.c workers/task.c workers/confine.c $(workers) $(proto))
	$(call say,build)$(CC) $(CFLAGS) -o $@ $^ $(LIBS_proto) $(LIBS_workers) -lzmq -lseccomp
$(B)/stance-code: $(call obj,workers/code.c $(workers) $(proto))
	$(call say,build)$(CC) $(CFLAGS) -o $@ $^ $(LIBS_proto) $(LIBS_workers)
$(B)/stance: $(call obj,$(wildcard clients/*.c) $(proto))
	$(call say,build)$(CC) $(CFLAGS) -o $@ $^ $(LIBS_proto) -lzmq -linih

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
	$(call say,build)$(CC) $(CFLAGS) -o $@ $(filter %.c %.o,$^) $(LIBS_proto) $(LIBS_daemon) $(LIBS_workers) -lseccomp -lcmocka

BENCH := $(B)/bench/load $(B)/bench/skeleton $(B)/bench/null_worker $(B)/bench/engine

# Programs that measure are built with the tests, so that they do not rot.
tests: all $(TESTS) $(BENCH) $(B)/process/taken_over

# A worker that an article has taken over.
$(B)/process/taken_over: $(call obj,tests/process/taken_over.c workers/main.c workers/task.c workers/confine.c $(proto))
	@mkdir -p $(@D)
	$(call say,build)$(CC) $(CFLAGS) -o $@ $^ $(LIBS_proto) -lzmq -lseccomp

$(B)/bench/engine: tests/bench/engine.c $(call obj,$(workers) $(proto))
	@mkdir -p $(@D)
	$(call say,build)$(CC) $(CFLAGS) -o $@ $(filter %.c %.o,$^) $(LIBS_proto) $(LIBS_workers)
$(B)/bench/%: tests/bench/%.c $(call obj,$(proto))
	@mkdir -p $(@D)
	$(call say,build)$(CC) $(CFLAGS) -o $@ $(filter %.c %.o,$^) $(LIBS_proto) -lzmq

# What `make quality` measures that no program shows.
QUALITY := $(B)/quality/lemmas $(B)/quality/mentions
$(B)/quality/%: tests/quality/%.c $(call obj,$(proto) $(workers))
	@mkdir -p $(@D)
	$(call say,build)$(CC) $(CFLAGS) -o $@ $(filter %.c %.o,$^) $(LIBS_proto) $(LIBS_workers)

# Installs what is missing, says which, asks nothing; a machine that has all of it does nothing here.
packages:
	@tests/packages.sh

demo: all
	@tests/demo.sh
check:
	@tests/check.sh
bench: all $(BENCH)
	@tests/bench/bench.sh
# The model file is in the repository; this trains it again from the data beside the checkout, in some hours.
model:
	@workers/train/model.sh
quality: all $(QUALITY)
	@tests/quality/quality.sh

# The language model: the last one in workers/model, as the programs in build/ take it.
MODEL := $(lastword $(sort $(wildcard workers/model/*.stm)))

# PREFIX=/usr for a system-wide installation with its service; DESTDIR= to stage it.
install: all
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/bin $(PROGRAMS)
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/stanced config/*.tsv
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/stanced/lexicon config/lexicon/*.tsv
	$(if $(MODEL),install -D -m 644 $(MODEL) $(DESTDIR)$(PREFIX)/share/stanced/model.stm)
	install -D -m 644 -t $(DESTDIR)/etc/stanced config/stanced.conf
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib/systemd/system systemd/stanced.service
	install -D -m 644 systemd/stanced.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/stanced.conf

clean:
	rm -rf build

help:
	@echo 'make          build everything into build/      make demo     feed a daemon our articles, see the events'
	@echo 'make check    all tests, plain and sanitized    make bench    speed        make quality  accuracy'
	@echo 'make install  into PREFIX (/usr/local)         make clean    remove build/           make model    train the model'

.PHONY: all tests packages demo check bench quality model install clean help
-include $(shell find $(B)/obj $(B)/unit $(B)/bench $(B)/quality -name '*.d' 2>/dev/null)
