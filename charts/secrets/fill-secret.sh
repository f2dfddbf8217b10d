#!/bin/sh
# fill-secret.sh NAMESPACE NAME KEY...: asks for the value of each key and makes the Secret. Values come from the keyboard, unseen, or a
# line each from a pipe (a password manager's); they stand on no command line, in no history and in no file.
set -eu

if [ $# -lt 3 ]; then
  echo "usage: $0 NAMESPACE NAME KEY..." >&2
  exit 2
fi
namespace=$1 name=$2
shift 2

if [ -t 0 ]; then
  trap 'stty echo' EXIT
  trap 'exit 130' HUP INT QUIT TERM
  stty -echo
fi

# All of them first: a Secret with half of its keys would start pods that fail.
values=
for key in "$@"; do
  [ ! -t 0 ] || printf '%s/%s %s: ' "$namespace" "$name" "$key" >&2
  IFS= read -r value || [ -n "$value" ] || value=
  [ ! -t 0 ] || echo >&2
  if [ -z "$value" ]; then
    echo "$0: no value for $key; nothing was made" >&2
    exit 1
  fi
  case $value in *fill-secret.sh*)
    echo "$0: the value of $key is the next command; paste one line at a time. Nothing was made" >&2
    exit 1
    ;;
  esac
  values="$values$key=$value
"
done
rest=
[ -t 0 ] || IFS= read -r rest || true
if [ -n "$rest" ]; then
  echo "$0: more lines than the keys $*: a value is one line. Nothing was made" >&2
  exit 1
fi
printf '%s' "$values" | kubectl -n "$namespace" create secret generic "$name" --from-env-file=/dev/stdin
