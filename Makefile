# SPDX-License-Identifier: MIT
#
# A thin front: installs what is missing, fetches the arm64 packages, configures and builds with
# meson, then calls scripts/. What it says on the way goes to standard error; the verdict alone to
# standard output.

REGION  ?= cn
ROM     ?= cn
MODEL   ?= dipper
LOCK    ?= locked
POLICY  ?= announced
HEADLESS ?=
EXPECT  ?=
LAN     ?=
FULL    ?=
MINUTES ?= 10

# Words that a person gave reach the commands through the environment: no shell reads them.
export REGION ROM MODEL LOCK POLICY EXPECT LAN FULL
# A switch is on unless it says that it is off.
on = $(filter-out 0 no off false,$(1))

# FLASHLAB_BUILD names another build folder: for a checkout that cannot be written to.
BUILD := $(or $(FLASHLAB_BUILD),build)
ARM64 := $(if $(wildcard build/arm64/complete),build/arm64,$(BUILD)/arm64)
WASM := $(if $(wildcard build/wasm/complete),build/wasm,$(BUILD)/wasm)

ifneq ($(words x$(CURDIR)x$(BUILD)x),1)
$(error a path with a space, which the kernel's makefiles cannot take: move '$(CURDIR)' (or the build folder) \
    to one without, such as ~/flashlab)
endif
export FLASHLAB_BUILD := $(abspath $(BUILD))

# A window only where there is a display to open it on; else the screen is drawn in the terminal.
WINDOW := $(if $(call on,$(HEADLESS)),,$(if $(DISPLAY)$(WAYLAND_DISPLAY),window,draw))

.DEFAULT_GOAL := build
.PHONY: help run build host packages roms page page-code workshop workshop-pack test test-build soak mutants fleet-test bench pictures fresh-test clean

help:
	@printf '%s\n' \
	'make run REGION=cn ROM=global   a phone made for REGION (cn, global) with ROM (cn, global, reseller);' \
	'        also MODEL=dipper LOCK=locked|unlocked POLICY=announced|shipped|none HEADLESS=1 EXPECT=brick FULL=1' \
	'make build       everything a run needs (the default)' \
	'make roms        ROM packages for fastboot, with flash_all.sh, in build/roms' \
	'make workshop    a page with live phones, for one leader and a class: LAN=1 lets others join' \
	'make page        the lab as a static web page, in build/page' \
	'make workshop-pack   one archive that a second laptop unpacks and runs without a network' \
	'make test        all tests; ends with "N passed, N failed"' \
	'make soak        all tests and the long sweeps, with the fastboot clients of Debian 12 and 13' \
	'make fuzz        looks for inputs that break a parser, with libFuzzer: MINUTES=10, in all' \
	'make coverage    the lines of each parser that the tests run; fails below 95 %' \
	'make mutants     plants small mistakes, one at a time, in a copy: a test must see each; ONLY="policy fuse"' \
	'make fleet-test  a matrix through a Slurm cluster on this computer (needs root); labgrid' \
	'make bench       how long things take, beside their floors and peers' \
	'make pictures    docs/pictures: a boot and a brick, moving; the workshop' \
	'make fresh-test  the first run on fresh Debian 12 and 13 (needs root, a network and some minutes)' \
	'make clean       removes the build folder: phones and keys too' \
	'scripts/phone --help   phones to keep and play with'

run: build
	@scripts/phone run --fresh --region "$$REGION" --rom "$$ROM" --model "$$MODEL" --lock "$$LOCK" \
	    --policy "$$POLICY" $(if $(call on,$(HEADLESS)),--headless) $(if $(EXPECT),--expect "$$EXPECT")

# Who cannot build here hears it first; then whether all can be fetched, which needs no root; then it is
# fetched, and what has to be installed is installed meanwhile.
host:
	@[ ! -e $(BUILD) ] || [ -w $(BUILD) ] || { echo "make: the build folder $(BUILD) belongs to \
	$$(stat -c %U $(BUILD)): build in one of your own, FLASHLAB_BUILD=~/flashlab-build make ..." >&2; exit 1; }
	@scripts/install-packages --host

# A folder from an older checkout may lack what is new: the script looks.
$(ARM64)/complete: scripts/fetch-arm64 | host
	@scripts/fetch-arm64 $(ARM64) scripts/install-packages run $(WINDOW)

packages: $(ARM64)/complete
	@scripts/install-packages run $(WINDOW)

$(BUILD)/build.ninja: $(ARM64)/complete | packages
	@meson setup $(BUILD) $(if $(wildcard $@),--reconfigure,--cross-file bootloader/arch/aarch64.ini) >&2
	@touch $@

build: packages $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet phone >&2
	@$(BUILD)/rom-images/romc keys $(BUILD)/keys >&2

roms: build
	@scripts/roms

workshop workshop-pack test-build page-code bench pictures: $(ARM64)/complete

workshop:
	@scripts/install-packages run workshop
	@$(MAKE) --no-print-directory build
	@scripts/fetch-novnc $(BUILD)/novnc
	@exec /usr/bin/python3 scripts/workshop $(if $(call on,$(LAN)),--lan "$$LAN")

workshop-pack:
	@scripts/install-packages run workshop
	@$(MAKE) --no-print-directory build
	@scripts/fetch-novnc $(BUILD)/novnc
	@scripts/workshop/pack

test-build:
	@scripts/install-packages run draw test
	@$(MAKE) --no-print-directory build
	@scripts/fetch-novnc $(BUILD)/novnc
	@scripts/fetch-usb-guest $(BUILD)/usb-guest
	@# Configured before the packages of the tests were there? Once more, then.
	@meson introspect $(BUILD) --tests | grep -q '"name"' || meson setup --reconfigure $(BUILD) >&2
	@ninja -C $(BUILD) --quiet >&2
	@$(MAKE) --no-print-directory page

test: test-build
	@tests/run

# With the clients of both Debian releases; fetching them needs a network, once.
CLIENTS := bookworm trixie
soak: test-build
	@for release in $(CLIENTS); do scripts/fetch-fastboot $$release >&2 || exit 1; done
	@FASTBOOT_CLIENTS=$(subst $(eval) ,:,$(CLIENTS:%=$(BUILD)/fastboot-%/fastboot)) tests/run --soak

# Does a test see each small mistake? tests/mutants/README.md
mutants:
	@scripts/install-packages run draw test workshop
	@$(MAKE) --no-print-directory build
	@scripts/fetch-novnc $(BUILD)/novnc
	@/usr/bin/python3 tests/mutants $(ONLY)

# Inputs that nobody has thought of, and how much of each parser the tests run. Both build once more.
fuzz: build
	@scripts/install-packages run test
	@tests/fuzz/run --minutes $(MINUTES)

coverage: build
	@scripts/install-packages run test
	@tests/coverage

# The lab in a web page. A folder that was configured without its tools is configured once more.
page-code:
	@scripts/install-packages run page
	@scripts/fetch-wasm $(WASM)
	@$(MAKE) --no-print-directory build
	@meson introspect $(BUILD) --targets | grep -q '"core.wasm"' || meson setup --reconfigure $(BUILD) >&2
	@ninja -C $(BUILD) --quiet page >&2

page: page-code
	@scripts/web/build_page.py $(BUILD)/page

# A cluster of its own, as plain processes; the same is part of `make soak` where Slurm is installed.
fleet-test: build
	@scripts/install-packages test fleet
	@FLASHLAB_SOAK=1 tests/run test_fleet test_labgrid

bench:
	@scripts/install-packages run test bench
	@$(MAKE) --no-print-directory page
	@scripts/fetch-usb-guest $(BUILD)/usb-guest
	@scripts/bench

pictures:
	@scripts/install-packages run test
	@$(MAKE) --no-print-directory build
	@scripts/fetch-novnc $(BUILD)/novnc
	@docs/animation.py docs/pictures/boot-and-brick.webp
	@docs/workshop_pictures.py docs/pictures

fresh-test:
	@scripts/fresh-test

clean:
	rm -rf $(BUILD)
