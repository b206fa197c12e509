// libstdc++'s configuration was made for glibc. With this in front its headers also compile with musl's.
#pragma once

#include <features.h>

#define __GLIBC_PREREQ(major, minor) 1
#define __locale_t locale_t

#include_next <bits/c++config.h>

#undef _GLIBCXX_USE_PTHREAD_COND_CLOCKWAIT
#undef _GLIBCXX_USE_PTHREAD_MUTEX_CLOCKLOCK
#undef _GLIBCXX_USE_PTHREAD_RWLOCK_CLOCKLOCK
