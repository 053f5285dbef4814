#!/usr/bin/env bash
# Unpacks Debian's Alertmanager, with amtool, into a folder.
#
# usage: tests/e2e/install-alertmanager.sh [FOLDER]    (default: .cache/alertmanager beside template.yaml)
#
# Prints the folder of the two programs, which test_alertmanager.py takes in ALERTMANAGER_DIR. What is there already
# is left alone. Needs what debian.sh needs, and root for two template files, which Debian's build reads from a fixed
# place.
. "$(dirname "$0")/debian.sh"

folder=${1:-$(cache alertmanager)}
programs=$folder/usr/bin
templates=/usr/share/prometheus/alertmanager

if [[ ! -x $programs/prometheus-alertmanager || ! -x $programs/amtool ]]; then
    unpack "$folder" prometheus-alertmanager
fi

if [[ ! -e $templates/default.tmpl ]]; then
    install -D -m 644 -t "$templates" "$folder$templates"/*.tmpl ||
        fail "cannot write $templates; run this once as root, or install the package"
fi

"$programs/amtool" --version >/dev/null 2>&1 || fail "$programs/amtool does not run here"
echo "$programs"
