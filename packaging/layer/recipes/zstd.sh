# Only what the fast levels need to compress; a batch that is too large for a sink is undone and halved, so decompression stays.
# The list of what DFAST_AND_UP leaves out forgets one of them.
cp -R "$SRC/lib" lib
CFLAGS="$CFLAGS -DZSTD_EXCLUDE_LAZY_BLOCK_COMPRESSOR"
export CFLAGS
make -C lib -j"$JOBS" libzstd.a ZSTD_LIB_DICTBUILDER=0 ZSTD_LIB_DEPRECATED=0 ZSTD_LEGACY_SUPPORT=0 \
    ZSTD_LIB_EXCLUDE_COMPRESSORS_DFAST_AND_UP=1 HUF_FORCE_DECOMPRESS_X1=1 ZSTD_FORCE_DECOMPRESS_SEQUENCES_SHORT=1 BUILD_DIR=obj
mkdir -p "$OUT/include" "$OUT/lib"
cp lib/zstd.h lib/zstd_errors.h "$OUT/include/"
find lib -name libzstd.a -exec cp {} "$OUT/lib/" \;
test -s "$OUT/lib/libzstd.a"
