#include "base/memory.h"

namespace lockstep {
namespace {

void (*g_handler)() = nullptr;

}  // namespace

void SetNoMemoryHandler(void (*handler)()) { g_handler = handler; }

void* Grow(void* memory, size_t bytes) {
  void* grown = std::realloc(memory, bytes);
  if (grown != nullptr) return grown;
  if (g_handler != nullptr) g_handler();
  std::abort();
}

}  // namespace lockstep
