cp -R "$SRC/." .
autoreconf -fi
./configure --host="$HOST" --prefix="$OUT" --disable-shared --enable-static --with-pic
make -C src -j"$JOBS" install
