#!/usr/bin/env bash
# Builds SQLite as a shared library and puts it below the directory given as argument, under the name of this
# platform. The result is kept in $XDG_CACHE_HOME/skerry/sqlite under a hash of all that went into it, so a build
# that changes none of that costs nothing. $CC names the compiler (cc if unset).
set -euo pipefail

PACKAGE=better-sqlite3@13.2.0 # carries the amalgamation of SQLite 3.54.1
PACKAGE_SHA512=67c43ff71fee3722b1035bf814da1dc88b51551c354de281ae68f7d89871851d1c78d70163ec0ca1bb7f06fecced3cf03c05e39d946d35a12c0139d465229665

FLAGS=(
  -O2 -fPIC -shared
  # Whole pages in and out: how a replica applies a commit.
  -DSQLITE_ENABLE_DBPAGE_VTAB
  # What users expect of a full SQLite.
  -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_RTREE -DSQLITE_ENABLE_GEOPOLY -DSQLITE_ENABLE_MATH_FUNCTIONS
  # The parser of this amalgamation was generated with it; without that the flag would not compile.
  -DSQLITE_ENABLE_UPDATE_DELETE_LIMIT
  # Better plans after ANALYZE.
  -DSQLITE_ENABLE_STAT4
  # For statistics and for what a row's columns came from.
  -DSQLITE_ENABLE_NORMALIZE -DSQLITE_ENABLE_COLUMN_METADATA
  # Change sets, and snapshots of a reader.
  -DSQLITE_ENABLE_SESSION -DSQLITE_ENABLE_PREUPDATE_HOOK -DSQLITE_ENABLE_SNAPSHOT
  # "text" in double quotes is an error, not a string.
  -DSQLITE_DQS=0
  # A connection is used by one thread at a time; the binding sees to it.
  -DSQLITE_THREADSAFE=2 -DSQLITE_OMIT_SHARED_CACHE
  # Counting memory takes a process-wide lock at each allocation.
  -DSQLITE_DEFAULT_MEMSTATUS=0
  # No SQL may load code.
  -DSQLITE_OMIT_LOAD_EXTENSION
  # Not STMT_SCANSTATUS: compiled in, it makes scans 1.8 and joins 2.9 times slower.
)

# Functions that run for hours and do not look whether they are interrupted are made to: the script says which.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
INTERRUPTIBLE=$here/interruptible.sed
INTERRUPTIBLE_LINES=27 # of the source, that it changes

fail() {
  echo "sqlite: $1" >&2
  exit 1
}

sha() { # <bits> <file>: hex digest
  if command -v sha512sum >/dev/null; then "sha$1sum" "$2"; else shasum -a "$1" "$2"; fi | cut -d' ' -f1
}

case $(uname -s) in
  Linux) os=linux name=libskerry_sqlite.so ;;
  Darwin) os=darwin name=libskerry_sqlite.dylib ;;
  *) fail "the native library is built on Linux and macOS; this is $(uname -s)" ;;
esac
machine=$(uname -m)
[ "$machine" = arm64 ] && machine=aarch64

compiler=${CC:-cc}
# shellcheck disable=SC2086 # CC may hold options
version=$($compiler --version 2>/dev/null | head -1) ||
  fail "no C compiler called '$compiler': install gcc or clang, or set CC"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/skerry/sqlite
mkdir -p -m 700 "$cache"
work=$(mktemp -d "$cache/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
printf '%s\n' "$PACKAGE $PACKAGE_SHA512" "${FLAGS[@]}" "$compiler $version" "$os $machine" >"$work/inputs"
cat "$INTERRUPTIBLE" >>"$work/inputs"
key=$(sha 256 "$work/inputs" | cut -c1-32)
library=$cache/build-$key/$name

if [ ! -f "$library" ]; then
  command -v npm >/dev/null || fail "no npm, which fetches SQLite's source: install Node.js"
  (cd "$work" && npm pack --silent --prefer-offline "$PACKAGE" >packed) ||
    fail "npm could not fetch $PACKAGE, which carries SQLite's source: check npm's registry and the network"
  archive=$work/$(tail -1 "$work/packed")
  [ "$(sha 512 "$archive")" = "$PACKAGE_SHA512" ] ||
    fail "what npm fetched as $PACKAGE is not what this build was made for (SHA-512 differs): check npm's registry"
  tar -xzf "$archive" -C "$work" package/deps/sqlite3
  source=$work/package/deps/sqlite3
  sed -f "$INTERRUPTIBLE" "$source/sqlite3.c" >"$source/interruptible.c"
  [ "$(diff "$source/sqlite3.c" "$source/interruptible.c" | grep -c '^>')" = $INTERRUPTIBLE_LINES ] ||
    fail "$INTERRUPTIBLE does not fit the source of $PACKAGE"
  echo "sqlite: compiling SQLite once; this takes about a minute" >&2
  # shellcheck disable=SC2086
  $compiler "${FLAGS[@]}" -o "$work/$name" "$source/interruptible.c" -lm ||
    fail "SQLite did not compile with '$compiler' (its messages are above)"
  mkdir -p "$cache/build-$key"
  mv "$work/$name" "$library"
fi

target=$1/$os-$machine/$name
if ! cmp -s "$library" "$target"; then
  mkdir -p "$(dirname "$target")"
  cp "$library" "$target"
fi
