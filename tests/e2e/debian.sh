# Sourced by install-*.sh: unpacks Debian's packages into a folder; no package is installed and no service started.
#
# Needs apt-get with package lists (`apt-get update`) and dpkg.
set -euo pipefail

fail() {
    echo "$(basename "$0" .sh): $*" >&2
    exit 1
}

# The folder of a sender beside template.yaml, which git does not see.
cache() {
    echo "$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/.cache/$1"
}

# usage: unpack FOLDER PACKAGE...
unpack() {
    local folder=$1 download
    shift
    download=$(mktemp -d)
    # Sandboxed, apt-get as root writes as another user, who may not write here.
    (cd "$download" && apt-get -qq -o APT::Sandbox::User=root download "$@" >&2) ||
        { rm -rf "$download"; fail "apt-get cannot download $*; run 'apt-get update' as root first"; }
    mkdir -p "$folder"
    for package in "$download"/*.deb; do
        dpkg -x "$package" "$folder"
    done
    rm -rf "$download"
}

# usage: not_installed PACKAGE...
# Prints which of them are not on this machine, and of what they need.
not_installed() {
    apt-get -qq --simulate --no-install-recommends --no-upgrade install "$@" | awk '$1 == "Inst" { print $2 }'
}
