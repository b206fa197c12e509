#include "edged_buffer.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>

namespace lockstep::kernels {
namespace {

constexpr uint8_t kGuard = 0xa5;
constexpr size_t kEdgePages = 16;  // that cannot be touched, on either side: a row too far is found as well

size_t PageSize() {
  static const auto size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

// Mappings are kept for the next buffer of their size: a program makes hundreds of thousands of buffers, and system
// calls and first touches of pages would take most of its time.
class KeptMappings {
 public:
  // Returns the first of `pages` pages that can be touched, of the mapping that was returned last.
  uint8_t* Take(size_t pages) {
    auto kept = kept_.upper_bound(pages);
    if (kept == kept_.begin() || (--kept)->first != pages) return Map(pages);
    uint8_t* begin = kept->second;
    kept_.erase(kept);
    kept_pages_ -= pages;
    return begin;
  }

  void Return(uint8_t* begin, size_t pages) {
    if (kept_pages_ + pages > kMostPages) {
      munmap(begin - kEdgePages * PageSize(), (pages + 2 * kEdgePages) * PageSize());
      return;
    }
    kept_.emplace(pages, begin);
    kept_pages_ += pages;
  }

 private:
  static constexpr size_t kMostPages = 8192;  // 32 MiB: some targets have 32-bit addresses

  static uint8_t* Map(size_t pages) {
    const size_t length = (pages + 2 * kEdgePages) * PageSize();
    void* memory = mmap(nullptr, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    uint8_t* begin = static_cast<uint8_t*>(memory) + kEdgePages * PageSize();
    if (pages > 0 && mprotect(begin, pages * PageSize(), PROT_READ | PROT_WRITE) != 0) std::abort();
    return begin;
  }

  std::multimap<size_t, uint8_t*> kept_;
  size_t kept_pages_ = 0;
};

KeptMappings& Mappings() {
  static KeptMappings mappings;
  return mappings;
}

}  // namespace

EdgedBuffer::EdgedBuffer(size_t size, Edge edge, uint8_t fill, size_t alignment)
    : size_(size),
      pages_((size + PageSize() - 1) / PageSize()),
      begin_(Mappings().Take(pages_)),
      end_(begin_ + pages_ * PageSize()),
      data_(begin_ + (edge == Edge::kEnd ? (static_cast<size_t>(end_ - begin_) - size) / alignment * alignment : 0)) {
  std::fill(begin_, data_, kGuard);
  std::fill_n(data_, size_, fill);
  std::fill(data_ + size_, end_, kGuard);
}

EdgedBuffer::~EdgedBuffer() { Mappings().Return(begin_, pages_); }

bool EdgedBuffer::GuardsIntact() const {
  const auto is_guard = [](uint8_t byte) { return byte == kGuard; };
  return std::all_of(begin_, data_, is_guard) && std::all_of(data_ + size_, end_, is_guard);
}

}  // namespace lockstep::kernels
