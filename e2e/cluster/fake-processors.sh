#!/usr/bin/env bash
# fake-processors.sh N FOLDER COMMAND...: runs a command in a mount namespace that shows N processors, described in FOLDER, so that the kubelet of a small
# machine offers what an environment asks for. Only what the command reads is changed; the processors stay as they are.
set -euo pipefail
count=$1
shown=$2
shift 2
mkdir -p "$shown/cpu" "$shown/node/node0/hugepages"
for file in online possible present; do echo "0-$((count - 1))" >"$shown/cpu/$file"; done
echo >"$shown/cpu/offline"
echo 0 >"$shown/node/online"
echo 0 >"$shown/node/possible"
echo "0-$((count - 1))" >"$shown/node/node0/cpulist"
echo 10 >"$shown/node/node0/distance"
cp /sys/devices/system/node/node0/meminfo "$shown/node/node0/meminfo"
first=$(awk 'BEGIN { RS = "" } NR == 1' /proc/cpuinfo)
: >"$shown/cpuinfo"
for ((i = 0; i < count; i++)); do
  mkdir -p "$shown/cpu/cpu$i/topology" "$shown/cpu/cpu$i/cache"
  echo "$i" >"$shown/cpu/cpu$i/topology/core_id"
  echo 0 >"$shown/cpu/cpu$i/topology/physical_package_id"
  echo "$i" >"$shown/cpu/cpu$i/topology/thread_siblings_list"
  echo 1 >"$shown/cpu/cpu$i/online"
  ln -sfn "../../cpu/cpu$i" "$shown/node/node0/cpu$i"
  ln -sfn ../../node/node0 "$shown/cpu/cpu$i/node0"
  sed -E "s/^(processor|core id)(\s*: ).*/\1\2$i/" <<<"$first" >>"$shown/cpuinfo"
  echo >>"$shown/cpuinfo"
done
export shown
# shellcheck disable=SC2016 # expanded inside
exec unshare --mount --propagation unchanged bash -c '
  mount --bind "$shown/cpu" /sys/devices/system/cpu
  mount --bind "$shown/node" /sys/devices/system/node
  mount --bind "$shown/cpuinfo" /proc/cpuinfo
  exec "$@"' _ "$@"
