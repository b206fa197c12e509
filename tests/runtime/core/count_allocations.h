// Counts every way to the heap, and may refuse it. For one source of a program: malloc and its kin are replaced here.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

// AddressSanitizer has its own malloc, which cannot be replaced; there the test has nothing to count with.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)

namespace {
std::atomic<long> g_allocations{0};
std::atomic<size_t> g_largest{SIZE_MAX};  // what asks for more gets nothing

bool Grant(size_t size) {
  ++g_allocations;
  return size <= g_largest;
}
}  // namespace

// glibc's own names of what is replaced here.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
// NOLINTEND(bugprone-reserved-identifier)

void* malloc(size_t size) { return Grant(size) ? __libc_malloc(size) : nullptr; }
void* calloc(size_t count, size_t size) { return Grant(count * size) ? __libc_calloc(count, size) : nullptr; }
void* realloc(void* memory, size_t size) { return Grant(size) ? __libc_realloc(memory, size) : nullptr; }
int posix_memalign(void** memory, size_t alignment, size_t size) {
  *memory = Grant(size) ? __libc_memalign(alignment, size) : nullptr;
  return *memory != nullptr ? 0 : 12;
}
}

#define LOCKSTEP_COUNTS_ALLOCATIONS
#endif
