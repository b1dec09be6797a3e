#!/bin/sh
# A live fapolicyd that enforces on one private file system: sh fapolicyd.sh <etc> <programs> <place> <names...>
# Prints "<name>: <last line of what it said>" for each program. Runs in a mount namespace of its own (unshare --mount).
set -eu
etc=$1 programs=$2 place=$3
shift 3
mount --make-rprivate /
mount --bind "$etc" /etc/fapolicyd
mkdir -p /run/fapolicyd /var/lib/fapolicyd
mount -t tmpfs tmpfs /var/lib/fapolicyd
mount -t tmpfs tmpfs /run/fapolicyd
mount -t ramfs ramfs "$place"
cp -a "$programs"/. "$place"
fagenrules --load >"$etc/fagenrules.log" 2>&1 || true
fapolicyd --debug-deny >"$etc/fapolicyd.log" 2>&1 &
daemon=$!
i=0
until grep -q "Starting to listen" "$etc/fapolicyd.log" || [ $i -ge 100 ]; do
  i=$((i + 1))
  sleep 0.1
done
for name in "$@"; do
  printf '%s: ' "$name"
  (exec "$place/$name") 2>&1 | tail -n 1
done
kill $daemon 2>/dev/null || true
wait $daemon 2>/dev/null || true
