# As aarch64, static with musl.
set(LOCKSTEP_TARGET aarch64-musl)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(LOCKSTEP_MUSL_TRIPLE aarch64-linux-gnu)
set(LOCKSTEP_MUSL_NAME aarch64-linux-musl)
set(LOCKSTEP_MUSL_SYSROOT arm64)
set(LOCKSTEP_MUSL_FLAGS "-march=armv8-a")
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -cpu cortex-a53)
include(${CMAKE_CURRENT_LIST_DIR}/musl.cmake)
