#!/bin/sh
# Does the relink archive hold what it promises?  relink.sh KIT.zip PROGRAM: links from the archive alone and compares, then links with
# a libmicrohttpd that was built anew from the source package inside.
set -eu
kit=$(realpath "$1")
program=$(realpath "$2")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
unzip -q "$kit"
sh relink.sh
cmp nightjar-relinked "$program"
rm nightjar-relinked
cp lib/libmicrohttpd.a "$dir/mine.a"
sh relink.sh "$dir/mine.a"
cmp nightjar-relinked "$program"
ls libmicrohttpd-source/*.dsc libmicrohttpd-source/*.orig.tar.* libmicrohttpd-source/recipe.sh >/dev/null
echo "relink: passed: the archive gives the released program byte for byte"
