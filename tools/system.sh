#!/bin/sh
# What the machine must have: installs it as root on Debian, else says exactly what to install.
set -eu
need=""
want() { need="$need $1"; }

if command -v python3 >/dev/null 2>&1; then
  python3 -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || {
    echo "Songnuan needs Python 3.11, 3.12 or 3.13 as python3; this one is $(python3 --version)." >&2
    exit 1
  }
  python3 -c 'import ensurepip, venv' 2>/dev/null || want python3-venv
else
  want python3
  want python3-venv
fi
[ "$1" != check ] || command -v xgettext >/dev/null 2>&1 || want gettext
if [ "$1" = test ]; then
  command -v chromium >/dev/null 2>&1 || want chromium
  # What drives the browser is linked to it.
  /sbin/ldconfig -p | grep -q "libatomic.so.1" || want libatomic1
  fc-list 2>/dev/null | grep -q "Noto Sans CJK" || want fonts-noto-cjk
  command -v fc-list >/dev/null 2>&1 || want fontconfig
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || want postgresql
fi
[ -z "$need" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing:$need" >&2
  DEBIAN_FRONTEND=noninteractive
  export DEBIAN_FRONTEND
  apt-get update -qq
  # shellcheck disable=SC2086 # a list of packages
  apt-get install -y -qq --no-install-recommends $need >/dev/null
else
  echo "Please install first:$need" >&2
  echo "On Debian or Ubuntu: sudo apt-get install$need" >&2
  exit 1
fi
