# gzip of whole batches; what nothing asks for is left out by the linker.
cp -R "$SRC/." .
make -j"$JOBS" CC="$CC" AR="$AR" CFLAGS="$CFLAGS" libdeflate.a
mkdir -p "$OUT/include" "$OUT/lib"
cp libdeflate.h "$OUT/include/"
cp libdeflate.a "$OUT/lib/"
