#!/bin/sh
# systemd as the first process of namespaces of its own, with the units of a folder and no others.
# Usage: systemd_alone.sh UNIT_FOLDER UNIT CGROUP
set -eu
if [ "${1:-}" != --inside ]; then
  if [ -d /sys/fs/cgroup/systemd ]; then tree=/sys/fs/cgroup/systemd; else tree=/sys/fs/cgroup; fi
  mkdir -p "$tree/$3"
  echo 0 > "$tree/$3/cgroup.procs"
  exec unshare --fork --pid --mount --ipc --uts --cgroup --kill-child --mount-proc "$0" --inside "$@"
fi
shift
mount --make-rprivate /
mount -t tmpfs tmpfs /run
if [ -d /sys/fs/cgroup/systemd ]; then
  umount --recursive /sys/fs/cgroup
  mount -t tmpfs tmpfs /sys/fs/cgroup
  mkdir /sys/fs/cgroup/systemd
  mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd
else
  umount --recursive /sys/fs/cgroup
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
fi
export container=check SYSTEMD_UNIT_PATH="$1"
exec /lib/systemd/systemd --system --unit="$2" --log-target=console --show-status=0
