# HTTP and HTTPS through c-ares and OpenSSL, proxies and AWS signatures; no other protocol, no built-in place of certificates.
"$SRC/configure" --host="$HOST" --prefix="$OUT" --disable-shared --enable-static --with-pic --with-openssl="$OPENSSL" \
    --enable-ares="$C_ARES" --without-ca-bundle --without-ca-path --without-libpsl --without-brotli --without-zstd --without-zlib \
    --without-libidn2 --without-nghttp2 --without-libssh2 --without-librtmp --without-libgsasl --disable-docs --disable-manual \
    --disable-ldap --disable-ldaps --disable-rtsp --disable-ftp --disable-file --disable-dict --disable-gopher --disable-imap \
    --disable-pop3 --disable-smb --disable-smtp --disable-telnet --disable-tftp --disable-mqtt --disable-ipfs --disable-websockets \
    --disable-alt-svc --disable-hsts --disable-cookies --disable-doh --disable-netrc --disable-ntlm --disable-kerberos-auth \
    --disable-negotiate-auth --disable-digest-auth --disable-tls-srp --disable-mime --disable-form-api --disable-dateparse \
    --disable-progress-meter --disable-dnsshuffle --disable-get-easy-options --disable-libcurl-option --enable-aws --enable-http-auth \
    --enable-basic-auth --disable-unix-sockets --disable-ech
make -C lib -j"$JOBS" install
make -C include install
