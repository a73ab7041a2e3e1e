# Everything here works on a machine with Go, make and git. `make test` installs what it needs besides.
GOFLAGS := -trimpath -buildvcs=false -tags=s6box_linkname
LDFLAGS := -s -w -checklinkname=0
export CGO_ENABLED := 0

.PHONY: build run run-docker test confirm dist bench lint

build: build/go.mod
	go build -modfile=build/go.mod $(GOFLAGS) -ldflags='$(LDFLAGS)' -o build/s6box ./cmd/s6box

build/go.mod: go.mod go.sum scripts/parser
	scripts/parser

run-docker: build
	scripts/run docker

run: build
	scripts/run

test: build
	scripts/test

confirm: build
	scripts/confirm

dist:
	scripts/dist

bench: build
	scripts/bench

lint:
	! gofmt -l $$(git ls-files '*.go') | grep .
	go vet -tags=s6box_linkname ./...
