#!/usr/bin/env bash
# Unpacks Debian's Alertmanager, with amtool, into a folder: no root needed, and no service is started.
#
# usage: tests/e2e/install-alertmanager.sh [FOLDER]    (default: .cache/alertmanager beside template.yaml)
#
# Prints the folder of the two programs, which test_alertmanager.py takes in ALERTMANAGER_DIR. What is there already
# is left alone. Needs apt-get with package lists (`apt-get update`) and dpkg.
set -euo pipefail

folder=${1:-$(cd "$(dirname "$0")/../.." && pwd)/.cache/alertmanager}
programs=$folder/usr/bin

if [[ ! -x $programs/prometheus-alertmanager || ! -x $programs/amtool ]]; then
    download=$(mktemp -d)
    trap 'rm -rf "$download"' EXIT
    # Sandboxed, apt-get as root writes as another user, who may not write here.
    (cd "$download" && apt-get -qq -o APT::Sandbox::User=root download prometheus-alertmanager >&2) || {
        echo "install-alertmanager: apt-get cannot download prometheus-alertmanager; run 'apt-get update' as root first" >&2
        exit 1
    }
    mkdir -p "$folder"
    dpkg -x "$download"/prometheus-alertmanager_*.deb "$folder"
fi

"$programs/amtool" --version >/dev/null 2>&1 || {
    echo "install-alertmanager: $programs/amtool does not run here" >&2
    exit 1
}
echo "$programs"
