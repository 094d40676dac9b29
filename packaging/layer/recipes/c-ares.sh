"$SRC/configure" --host="$HOST" --prefix="$OUT" --disable-shared --enable-static --disable-tests --with-pic
make -C src/lib -j"$JOBS" install
make -C include install
