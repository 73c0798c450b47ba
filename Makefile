# oneonone: `make help` lists what can be made.
GO         ?= go
PREFIX     ?= /usr/local
SYSCONFDIR ?= /etc
UNITDIR    ?= $(PREFIX)/lib/systemd/system
MANDIR     ?= $(PREFIX)/share/man
FUZZTIME   ?= 20s
SHELL      := /bin/bash

# SQLite is C.
export CGO_ENABLED := 1
export GOFLAGS     := -mod=readonly $(GOFLAGS)

MAN   := $(wildcard cmd/oneonone/*.[1-9])
NEED  := $(shell sed -n 's/^go //p' go.mod)
# Without a readable history Go would refuse to build instead of leaving it out.
STAMP := $(if $(shell git rev-parse HEAD 2>/dev/null),,-buildvcs=false)
# What the tests run: a C compiler, calendar servers, a browser, a database, systemd-analyze.
PACKAGES := gcc libc6-dev radicale xandikos vdirsyncer chromium postgresql systemd

help: ## list the targets
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: build ## watch it work: a calendar server inside the program and a week of trouble
	./oneonone demo

build: golang ## build ./oneonone
	$(GO) build -trimpath $(STAMP) -o oneonone ./cmd/oneonone

test: golang packages ## install what the tests need (as root on Debian), run them all, and say what was skipped (RACE=1: with the race detector)
	$(GO) run .ci/test.go $(if $(RACE),-race) ./...

race: ## the tests with the race detector
	@$(MAKE) --no-print-directory test RACE=1

lint: golang ## gofmt, go vet, staticcheck, govulncheck
	@.ci/run lint

check: golang ## all that has to pass before a change is taken: lint and race
	@.ci/run

fuzz: golang ## every fuzz target for FUZZTIME (20s)
	@set -e; for p in $$($(GO) list ./...); do for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
		echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) $$p; done; done

bench: golang packages ## every benchmark
	$(GO) test -run '^$$' -bench . -benchmem ./...

install: ## install what `make build` built; a configuration that is there stays as it is
	@test -x oneonone || { echo 'there is nothing to install yet: run "make build" first' >&2; exit 1; }
	install -D -m 755 oneonone $(DESTDIR)$(PREFIX)/bin/oneonone
	install -d -m 755 $(DESTDIR)$(SYSCONFDIR)/oneonone $(DESTDIR)$(UNITDIR)
	install -d -m 700 $(DESTDIR)$(SYSCONFDIR)/oneonone/credentials
	install -m 644 configs/oneonone.yaml $(DESTDIR)$(SYSCONFDIR)/oneonone/oneonone.yaml.example
	@test -e $(DESTDIR)$(SYSCONFDIR)/oneonone/oneonone.yaml || \
		install -v -m 644 configs/oneonone.yaml $(DESTDIR)$(SYSCONFDIR)/oneonone/oneonone.yaml
	sed -e 's|/usr/local/bin/|$(PREFIX)/bin/|' -e 's|/etc/oneonone/|$(SYSCONFDIR)/oneonone/|' \
		systemd/oneonone.service > $(DESTDIR)$(UNITDIR)/oneonone.service
	chmod 644 $(DESTDIR)$(UNITDIR)/oneonone.service
	@for m in $(MAN); do install -v -D -m 644 $$m $(DESTDIR)$(MANDIR)/man$${m##*.}/$${m##*/}; done

uninstall: ## remove what was installed, but not the configuration and the state
	rm -f $(DESTDIR)$(PREFIX)/bin/oneonone $(DESTDIR)$(UNITDIR)/oneonone.service
	rm -f $(foreach m,$(MAN),$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $m))/$(notdir $m))
	@echo 'left as they are: $(DESTDIR)$(SYSCONFDIR)/oneonone and /var/lib/oneonone'

clean: ## remove what was built
	rm -f oneonone coverage.out

golang:
	@have=$$($(GO) env GOVERSION 2>/dev/null); printf '%s\n' $(NEED) "$${have#go}" | sort -VC || { echo \
		'Go $(NEED) or newer is needed, and "$(GO)" is not that. Debian has an older one: take it from the download' \
		'page of the Go project, unpack it in /usr/local, and put /usr/local/go/bin into PATH.' >&2; exit 1; }

packages:
	@.ci/packages $(PACKAGES)

.PHONY: help run build test race lint check fuzz bench install uninstall clean golang packages
