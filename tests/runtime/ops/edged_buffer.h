// Memory in which a kernel that leaves its tensors is found out.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockstep::kernels {

// Which end of the buffers lies at a page that cannot be touched.
enum class Edge { kBegin, kEnd };

// Memory between pages that cannot be touched, at the edge of those behind or in front of it: at any address, or at the
// multiple of `alignment` that is nearest to the edge. What is left of its own pages has guards.
class EdgedBuffer {
 public:
  EdgedBuffer(size_t size, Edge edge, uint8_t fill, size_t alignment = 1);
  ~EdgedBuffer();
  EdgedBuffer(const EdgedBuffer&) = delete;
  EdgedBuffer& operator=(const EdgedBuffer&) = delete;

  uint8_t* data() { return data_; }
  bool GuardsIntact() const;

 private:
  size_t size_;
  size_t pages_;  // that can be touched
  uint8_t* begin_;
  uint8_t* end_;
  uint8_t* data_;
};

}  // namespace lockstep::kernels
