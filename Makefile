# Everything here works on a machine with Go, make and git. `make test` installs what it needs besides.
export CGO_ENABLED := 0

.PHONY: build run run-docker test confirm dist bench lint

build:
	scripts/build build/s6box

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
