# As mipsel, static with musl.
set(LOCKSTEP_TARGET mipsel-musl)
set(CMAKE_SYSTEM_PROCESSOR mipsel)
set(LOCKSTEP_MUSL_TRIPLE mipsel-linux-gnu)
set(LOCKSTEP_MUSL_NAME mipsel-linux-musl)
set(LOCKSTEP_MUSL_SYSROOT mipsel)
set(LOCKSTEP_MUSL_FLAGS "-march=mips32r2 -mno-shared -mplt")
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-mipsel)
include(${CMAKE_CURRENT_LIST_DIR}/musl.cmake)
