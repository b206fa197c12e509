# As armv7, static with musl.
set(LOCKSTEP_TARGET armv7-musl)
set(CMAKE_SYSTEM_PROCESSOR armv7)
set(LOCKSTEP_MUSL_TRIPLE arm-linux-gnueabihf)
set(LOCKSTEP_MUSL_NAME arm-linux-musleabihf)
set(LOCKSTEP_MUSL_SYSROOT armhf)
set(LOCKSTEP_MUSL_FLAGS "-march=armv7-a -mfpu=neon")
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-arm -cpu cortex-a7)
include(${CMAKE_CURRENT_LIST_DIR}/musl.cmake)
