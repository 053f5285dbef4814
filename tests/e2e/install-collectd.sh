#!/usr/bin/env bash
# Unpacks Debian's collectd, with the libraries of its plugin write_http that this machine has not, into a folder.
#
# usage: tests/e2e/install-collectd.sh [FOLDER]    (default: .cache/collectd beside template.yaml)
#
# Prints the folder, which test_collectd.py takes in COLLECTD_DIR. What is there already is left alone. Needs what
# debian.sh needs, and no root.
. "$(dirname "$0")/debian.sh"

folder=${1:-$(cache collectd)}
program=$folder/usr/sbin/collectd
plugin=$folder/usr/lib/collectd/write_http.so

missing() {
    LD_LIBRARY_PATH=$(echo "$folder"/usr/lib/*-linux-gnu) ldd "$program" "$plugin" | grep 'not found' | sort -u
}

if [[ ! -x $program || -n $(missing) ]]; then
    # Debian's collectd-core names the libraries of its plugins as suggestions only.
    libraries=$(not_installed libcurl3-gnutls libyajl2) || fail "apt-get cannot tell which libraries are missing"
    # shellcheck disable=SC2086 # a list
    unpack "$folder" collectd-core $libraries
fi

[[ -z $(missing) ]] || fail "$program does not run here:" $(missing)
echo "$folder"
