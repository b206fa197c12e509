// The three large blocks of a session: arena, scratch memory and the layers' tables. They are allocated, or parts of
// one block that the caller gives.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lockstep/status.h"

namespace lockstep {

class SessionMemory {
 public:
  SessionMemory() = default;
  ~SessionMemory();
  SessionMemory(const SessionMemory&) = delete;
  SessionMemory& operator=(const SessionMemory&) = delete;

  // nullptr: Take allocates. Else an error unless the block is aligned.
  Status Use(void* block, size_t size);
  bool given() const { return block_ != nullptr; }
  // A part of so many bytes, aligned to 64, with readable bytes behind it. `needed` is what all parts take together.
  Result<uint8_t*> Take(uint64_t bytes, const char* what, uint64_t needed);

  // What a part takes of a caller's block.
  static uint64_t PartBytes(uint64_t bytes);

 private:
  static constexpr int kParts = 3;

  uint8_t* block_ = nullptr;
  size_t size_ = 0;
  size_t used_ = 0;
  void* allocated_[kParts] = {};
  int count_ = 0;
};

}  // namespace lockstep
