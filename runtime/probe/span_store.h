// When what a run does began and ended, of all runs: in memory until that is full, then in a file without a name.
// Nothing is allocated behind Prepare; what is written is written between two runs.
#pragma once

#include <cstdint>

#include "base/memory.h"
#include "base/string.h"
#include "lockstep/status.h"

namespace lockstep {

struct Span {  // in nanoseconds; both 0: there was nothing to do
  uint64_t begin = 0;
  uint64_t end = 0;
};

class SpanStore {
 public:
  SpanStore() = default;
  ~SpanStore();
  SpanStore(const SpanStore&) = delete;
  SpanStore& operator=(const SpanStore&) = delete;

  // A run has `spans` of them. The file, if there is need of one, is in the folder.
  Status Prepare(const String& folder, size_t spans);

  // The present run's, which are what an earlier run left in the memory.
  Span* present() { return memory_.data() + held_ * spans_; }
  // The present run is complete. Errors are kept for Read.
  void Keep();
  uint64_t runs() const { return runs_; }
  size_t spans() const { return spans_; }

  // Hands every run to `use`, a callable of Span*, in order. No run is kept after it.
  template <typename Use>
  Status Read(Use use) {
    LOCKSTEP_RETURN_IF_ERROR(Rewind());
    for (uint64_t run = 0; run < runs_; ++run) {
      Span* spans = nullptr;
      LOCKSTEP_RETURN_IF_ERROR(Next(run, &spans));
      use(spans);
    }
    return Status::Ok();
  }

 private:
  void Write();
  Status Rewind();
  Status Next(uint64_t run, Span** spans);
  Status Failed() const;

  String folder_;
  size_t spans_ = 0;
  size_t room_ = 0;  // runs that the memory has room for
  size_t held_ = 0;  // that are in it
  uint64_t runs_ = 0;
  int file_ = -1;
  int error_ = 0;  // errno of the first failure
  Array<Span> memory_;
};

}  // namespace lockstep
