#!/bin/sh
# Compiles a crate of ours so that libFuzzer sees which way an input goes: cargo calls it in place of the compiler
# (RUSTC_WORKSPACE_WRAPPER). These are the flags of cargo-fuzz, and of optimisation, since every second counts.
set -eu
case " $* " in
    *" --crate-name build_script_build "* | *" --print "* | *" -vV "*) exec "$@" ;;
esac
exec "$@" --cfg fuzzing -Copt-level=1 -Ccodegen-units=4 -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares
