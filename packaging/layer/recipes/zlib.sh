cp -R "$SRC/." .
CHOST=$HOST ./configure --static --prefix="$OUT"
make -j"$JOBS" libz.a
mkdir -p "$OUT/include" "$OUT/lib"
cp zlib.h zconf.h "$OUT/include/"
cp libz.a "$OUT/lib/"
