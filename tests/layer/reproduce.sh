#!/bin/sh
# Builds the layer twice from nothing, in two folders of different names, one of them from a copy of the tree, and compares the archives.
# LAYER_DIR/sources serves both; ARCH and JOBS as for make layer.
set -eu
arch=${ARCH:-x86_64}
layer=$(realpath -m "${LAYER_DIR:-build/layer}")
root=$(realpath "$(dirname "$0")/../..")
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 315532800)}
export SOURCE_DATE_EPOCH
mkdir -p "$root/build"
dir=$(mktemp -d "$root/build/reproduce.XXXXXX")
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/tree-of-another-name" "$dir/one" "$dir/two"
(cd "$root" && tar -cf - --exclude=./build --exclude=./.git .) | tar -xf - -C "$dir/tree-of-another-name"
python3 -B "$root/packaging/layer/build.py" --arch "$arch" --out "$dir/one" --zips "$dir/one" --sources "$layer/sources" --jobs "${JOBS:-2}" --relink-kit
python3 -B "$dir/tree-of-another-name/packaging/layer/build.py" --arch "$arch" --out "$dir/two" --zips "$dir/two" --sources "$layer/sources" \
    --jobs "${JOBS:-2}" --relink-kit
for name in "nightjar-layer-$arch.zip" "nightjar-layer-$arch-relink.zip"; do
    cmp "$dir/one/$name" "$dir/two/$name"
    echo "reproduce: $name is the same twice, $(sha256sum "$dir/one/$name" | cut -c1-64)"
done
