# stanced: `make demo` shows it working, `make check` tests it, `make help` lists the rest.
# Variables: CC=clang, SANITIZE=1 (build/asan beside build), PREFIX=, DESTDIR=

CC       ?= gcc
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
workers := $(filter-out workers/main.c workers/code.c workers/task.c,$(wildcard workers/*.c workers/*/*.c))
obj      = $(patsubst %.c,$(B)/obj/%.o,$(1))

LIBS_proto   := -lmsgpackc -ljansson -lsodium
LIBS_daemon  := -lzmq -llmdb -levent_core -levent_extra -linih -lsystemd
LIBS_workers := -lm

PROGRAMS := $(B)/stanced $(B)/stance-worker $(B)/stance-code $(B)/stance
TESTS    := $(patsubst tests/unit/%.c,$(B)/unit/%,$(shell find tests/unit -name "test_*.c"))

all: $(PROGRAMS)

$(B)/stanced: $(call obj,$(wildcard daemon/*.c) $(proto))
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS_proto) $(LIBS_daemon)
$(B)/stance-worker: $(call obj,workers/main.c workers/task.c $(workers) $(proto))
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS_proto) $(LIBS_workers) -lzmq
$(B)/stance-code: $(call obj,workers/code.c $(workers) $(proto))
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS_proto) $(LIBS_workers)
$(B)/stance: $(call obj,$(wildcard clients/*.c) $(proto))
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS_proto) -lzmq -linih

$(B)/obj/%.o: %.c | packages
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -c -o $@ $<

# A unit test may use every module but the mains.
$(B)/unit/%: tests/unit/%.c $(call obj,$(proto) $(workers) $(filter-out daemon/main.c,$(wildcard daemon/*.c)) clients/libstance.c)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS_proto) $(LIBS_daemon) $(LIBS_workers) -lcmocka

tests: all $(TESTS)

# Installs what is missing, says which, asks nothing; a machine that has all of it does nothing here.
packages:
	@tests/packages.sh

demo: all
	@tests/demo.sh
check:
	@tests/check.sh
bench: all
	@tests/bench/bench.sh
quality: all
	@tests/quality/quality.sh

clean:
	rm -rf build

help:
	@echo 'make          build everything into build/      make demo     feed a daemon our articles, see the events'
	@echo 'make check    all tests, plain and sanitized    make bench    speed        make quality  accuracy'
	@echo 'make clean    remove build/'

.PHONY: all tests packages demo check bench quality clean help
-include $(shell find $(B)/obj $(B)/unit -name '*.d' 2>/dev/null)
