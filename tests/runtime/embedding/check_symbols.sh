#!/bin/sh
# check_symbols.sh NM FILE...: fails if a library or program of the runtime wants something of the C++ library, or of the
# parts of the C library that are large and that it does without; or a file function of glibc whose sizes and inode numbers
# have the 32 bits of a 32-bit target: musl has no others, and those of 64-bit targets are as wide.
set -u
nm=$1
narrow=$2
shift 2
status=0
for file in "$@"; do
  symbols=$("$nm" -u "$file" 2>/dev/null; "$nm" -u -D "$file" 2>/dev/null)
  [ -n "$symbols" ] || { echo "$file: has no undefined symbols at all, or cannot be read"; status=1; }
  # Mangled names of the namespace std, operators new and delete, the C++ run-time; __cxa_finalize and __cxa_atexit are C's.
  wanted=$(echo "$symbols" | grep -E '[UwV] (_ZN?K?S[tabisod]|_ZTVN10__cxxabiv|_Zn[wa]|_Zd[la]|__cxa_|__gxx|_Unwind_|__isoc99_sscanf|sscanf)' |
    grep -vE '__cxa_(finalize|atexit)' | sort -u)
  case $file in
    *.d.so | *.d.a | *_debug) ;;
    *) wanted="$wanted$(echo "$symbols" | grep -E ' (regcomp|strto[fd])')" ;;
  esac
  if [ "$narrow" = 32 ]; then
    wanted="$wanted$(echo "$symbols" | grep -E ' (open|openat|creat|fopen|freopen|l?stat|fstat|fstatat|__[lf]?xstat|lseek|fseeko?|ftello?|ftruncate|mmap|readdir|statfs|getrlimit|setrlimit)(@.*)?$')"
  fi
  [ -z "$wanted" ] && continue
  echo "$file: wants" "$wanted"
  status=1
done
exit $status
