# Static programs with musl instead of glibc, from Debian's cross compilers; included by toolchains/*-musl.cmake, which say
#   LOCKSTEP_MUSL_TRIPLE   the cross compiler's, mipsel-linux-gnu
#   LOCKSTEP_MUSL_NAME     musl's, mipsel-linux-musl
#   LOCKSTEP_MUSL_SYSROOT  the folder in .cache/musl, which scripts/fetch_musl.sh fills
#   LOCKSTEP_MUSL_FLAGS    of the instruction set
# The runtime needs no C++ library, but the headers of one: libstdc++'s, with musl/bits/c++config.h in front.
set(CMAKE_SYSTEM_NAME Linux)
set(LOCKSTEP_MUSL ON)
set(CMAKE_C_COMPILER ${LOCKSTEP_MUSL_TRIPLE}-gcc)
set(CMAKE_CXX_COMPILER ${LOCKSTEP_MUSL_TRIPLE}-g++)
set(sysroot ${CMAKE_CURRENT_LIST_DIR}/../.cache/musl/${LOCKSTEP_MUSL_SYSROOT})
if(NOT EXISTS ${sysroot}/complete)
  message(FATAL_ERROR "musl is missing; run scripts/fetch_musl.sh")
endif()
execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=include OUTPUT_VARIABLE compiler_headers
  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_C_COMPILER} -dumpversion OUTPUT_VARIABLE version
  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
set(cxx_headers /usr/${LOCKSTEP_MUSL_TRIPLE}/include/c++/${version})
set(c_headers "-isystem ${sysroot}/usr/include/${LOCKSTEP_MUSL_NAME} -isystem ${compiler_headers}")
# Neither position independent nor with tables for unwinding: a program of one file that throws nothing.
set(flags "${LOCKSTEP_MUSL_FLAGS} -fno-pie -fno-pic -fno-asynchronous-unwind-tables -fno-unwind-tables -nostdinc")
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
set(CMAKE_C_FLAGS_INIT "${flags} ${c_headers}")
set(CMAKE_CXX_FLAGS_INIT "${flags} -nostdinc++ -isystem ${CMAKE_CURRENT_LIST_DIR}/musl \
-isystem ${cxx_headers} -isystem ${cxx_headers}/${LOCKSTEP_MUSL_TRIPLE} ${c_headers}")

set(library ${sysroot}/usr/lib/${LOCKSTEP_MUSL_NAME})
string(CONCAT rule "<CMAKE_C_COMPILER> <FLAGS> -no-pie -static -nostdlib -Wl,--gc-sections -Wl,--build-id=none "
  "-Wl,-z,norelro <LINK_FLAGS> ${library}/crt1.o ${library}/crti.o <OBJECTS> -o <TARGET> <LINK_LIBRARIES> "
  "-L${library} -Wl,--start-group -lc -lgcc -Wl,--end-group ${library}/crtn.o")
set(CMAKE_C_LINK_EXECUTABLE ${rule})
set(CMAKE_CXX_LINK_EXECUTABLE ${rule})
set(LOCKSTEP_SHARED OFF)

# What was installed for the target, such as Lockstep, is found where CMAKE_PREFIX_PATH says.
set(CMAKE_FIND_ROOT_PATH ${sysroot} ${CMAKE_PREFIX_PATH})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
