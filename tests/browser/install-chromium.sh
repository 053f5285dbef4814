#!/usr/bin/env bash
# Unpacks Debian's Chromium, with the libraries that this machine has not, into a folder, unless it is installed.
#
# usage: tests/browser/install-chromium.sh [FOLDER]    (default: .cache/chromium beside template.yaml)
#
# Prints the program, which the tests take in CHROMIUM. What is there already is left alone. Needs what debian.sh needs,
# and no root.
. "$(dirname "$0")/../e2e/debian.sh"

installed=$(command -v chromium || true)
[[ -z $installed ]] || { echo "$installed"; exit 0; }

folder=${1:-$(cache chromium)}
program=$folder/run
if [[ ! -x $program ]]; then
    libraries=$(not_installed chromium fonts-liberation) || fail "apt-get cannot tell which libraries are missing"
    # shellcheck disable=SC2086 # a list
    unpack "$folder" $libraries
    cat >"$program" <<END
#!/bin/sh
export LD_LIBRARY_PATH="$(echo "$folder"/usr/lib/*-linux-gnu):$(echo "$folder"/usr/lib/*-linux-gnu/pulseaudio)"
exec "$folder/usr/lib/chromium/chromium" "\$@"
END
    chmod +x "$program"
fi

"$program" --version >&2 || fail "$program does not run here"
echo "$program"
