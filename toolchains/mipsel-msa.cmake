# MIPS32 release 5 with MSA (P5600). A target of its own: MSA needs 64-bit FPU registers, which a release 2 core lacks.
set(LOCKSTEP_TARGET mipsel-msa)
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR mipsel)
set(CMAKE_C_COMPILER mipsel-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER mipsel-linux-gnu-g++)
set(CMAKE_C_FLAGS_INIT "-march=mips32r5 -mfp64 -mmsa")
set(CMAKE_CXX_FLAGS_INIT "-march=mips32r5 -mfp64 -mmsa")
# The ABI of position independent code loads every address from a table: a seventh of the code.
set(LOCKSTEP_FIXED_FLAGS -fno-pie -fno-pic -mno-shared -mplt)
set(CMAKE_CROSSCOMPILING_EMULATOR ${CMAKE_CURRENT_LIST_DIR}/qemu-mipsel-msa.sh)
# What was installed for the target, such as Lockstep, is found where CMAKE_PREFIX_PATH says.
set(CMAKE_FIND_ROOT_PATH /usr/mipsel-linux-gnu ${CMAKE_PREFIX_PATH})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
