"$SRC/configure" --host="$HOST" --prefix="$OUT" --disable-shared --enable-static --with-pic --disable-https --disable-curl \
    --disable-doc --disable-examples --disable-tools --disable-postprocessor --disable-dauth --disable-bauth --disable-httpupgrade \
    --disable-cookie --disable-nls --enable-epoll=yes --enable-sendfile=no
make -C src/microhttpd -j"$JOBS" install
make -C src/include install
