# A client's TLS 1.2 and 1.3 and what certificates in use need; nothing that is loaded at run time.
case $ARCH in
x86_64) target=linux-x86_64 ;;
arm64) target=linux-aarch64 ;;
esac
# shellcheck disable=SC2086 # CFLAGS is a list of words
CC=nj-cc perl "$SRC/Configure" $target no-shared no-pic no-dso no-module no-engine no-legacy no-tests no-docs no-apps \
    no-autoload-config no-ui-console no-comp no-ssl3 no-tls1 no-tls1_1 no-dtls no-srp no-srtp no-sctp no-ct no-cms no-ts no-cmp \
    no-rc2 no-rc4 no-idea no-seed no-camellia no-aria no-bf no-cast no-des no-md4 no-mdc2 no-whirlpool no-rmd160 no-sm2 no-sm3 no-sm4 \
    no-blake2 no-siphash no-siv no-ocb no-gost no-dsa no-ec2m no-afalgeng no-ktls no-async no-secure-memory no-scrypt no-nextprotoneg \
    no-rfc3779 no-psk no-err no-filenames no-quic no-ml-kem no-ml-dsa no-slh-dsa no-argon2 no-http no-default-thread-pool \
    no-thread-pool no-atexit no-multiblock enable-ec_nistp_64_gcc_128 no-zlib no-brotli no-zstd no-integrity-only-ciphers --prefix=/usr --openssldir=/etc/ssl --libdir=lib -Os \
    $OPENSSL_CFLAGS
# P-256 by the C code for it, which P-384 and P-521 come with: the assembler's has a table of 150 KB that no compression makes smaller.
grep -q -e '-DECP_NISTZ256_ASM ' Makefile
sed -i 's/-DECP_NISTZ256_ASM //g' Makefile
make build_generated
make -j"$JOBS" libcrypto.a libssl.a
mkdir -p "$OUT/include" "$OUT/lib"
cp -R "$SRC/include/openssl" "$OUT/include/"
cp -R include/openssl/. "$OUT/include/openssl/"
cp libcrypto.a libssl.a "$OUT/lib/"
