# The C library and its compiler wrapper.  Runs with the plain compiler; everything after it uses this one.
"$SRC/configure" --prefix="$OUT" --syslibdir="$OUT/lib" --target="$HOST" --disable-shared --enable-wrapper=gcc
make -j"$JOBS" AR="$AR" RANLIB="$RANLIB"
make install AR="$AR" RANLIB="$RANLIB"
# The kernel's headers are not the compiler's: links, so that glibc's own stay out.
for dir in linux asm-generic asm; do
    for place in $KERNEL_HEADERS; do
        if [ -d "$place/$dir" ]; then
            ln -sfn "$place/$dir" "$OUT/include/$dir"
            break
        fi
    done
done
test -e "$OUT/include/asm/unistd.h" && test -e "$OUT/include/linux/random.h" && test -e "$OUT/lib/rcrt1.o"
