#!/usr/bin/env bash
# Unpacks Debian's Alertmanager, with amtool, into a folder; no package is installed and no service started.
#
# usage: tests/e2e/install-alertmanager.sh [FOLDER]    (default: .cache/alertmanager beside template.yaml)
#
# Prints the folder of the two programs, which test_alertmanager.py takes in ALERTMANAGER_DIR. What is there already
# is left alone. Needs apt-get with package lists (`apt-get update`), dpkg, and root for two template files, which
# Debian's build reads from a fixed place.
set -euo pipefail

folder=${1:-$(cd "$(dirname "$0")/../.." && pwd)/.cache/alertmanager}
programs=$folder/usr/bin
templates=/usr/share/prometheus/alertmanager

fail() {
    echo "install-alertmanager: $*" >&2
    exit 1
}

if [[ ! -x $programs/prometheus-alertmanager || ! -x $programs/amtool ]]; then
    download=$(mktemp -d)
    trap 'rm -rf "$download"' EXIT
    # Sandboxed, apt-get as root writes as another user, who may not write here.
    (cd "$download" && apt-get -qq -o APT::Sandbox::User=root download prometheus-alertmanager >&2) ||
        fail "apt-get cannot download prometheus-alertmanager; run 'apt-get update' as root first"
    mkdir -p "$folder"
    dpkg -x "$download"/prometheus-alertmanager_*.deb "$folder"
fi

if [[ ! -e $templates/default.tmpl ]]; then
    install -D -m 644 -t "$templates" "$folder$templates"/*.tmpl ||
        fail "cannot write $templates; run this once as root, or install the package"
fi

"$programs/amtool" --version >/dev/null 2>&1 || fail "$programs/amtool does not run here"
echo "$programs"
