# MIPS32 release 2, little endian, o32, hard float: XBurst1 and every mipsel Linux. No SIMD.
set(LOCKSTEP_TARGET mipsel)
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR mipsel)
set(CMAKE_C_COMPILER mipsel-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER mipsel-linux-gnu-g++)
set(CMAKE_C_FLAGS_INIT "-march=mips32r2")
set(CMAKE_CXX_FLAGS_INIT "-march=mips32r2")
# The ABI of position independent code loads every address from a table: a seventh of the code.
set(LOCKSTEP_FIXED_FLAGS -fno-pie -fno-pic -mno-shared -mplt)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-mipsel -L /usr/mipsel-linux-gnu)
# What was installed for the target, such as Lockstep, is found where CMAKE_PREFIX_PATH says.
set(CMAKE_FIND_ROOT_PATH /usr/mipsel-linux-gnu ${CMAKE_PREFIX_PATH})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
