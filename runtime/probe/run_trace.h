// A Chrome trace of all runs that count: every thread's share of every layer on that thread's track, and what of the
// arena is alive and how fast the layers are as counters.
#pragma once

#include <cstdint>

#include "base/list.h"
#include "base/string.h"
#include "lockstep/runtime.h"
#include "probe/profile_times.h"
#include "probe/span_store.h"

namespace lockstep {

class RunTrace {
 public:
  // All memory is taken here.
  Status Prepare(const Session& session, const String& folder);
  bool enabled() const { return store_.spans() != 0; }

  void BeginRun();
  void BeginShare(int32_t layer, int thread) { At(layer, thread).begin = ProfileClock(); }
  void EndShare(int32_t layer, int thread) { At(layer, thread).end = ProfileClock(); }
  void EndRun();
  uint64_t keeping() const { return keeping_; }  // nanoseconds that keeping the runs took so far

  // {"traceEvents": ...}, one event on a line; "otherData" says how many runs there are.
  Status Write(const Session& session, const String& path);

 private:
  // A run's first span is its own, the others are those of every layer and thread.
  Span& At(int32_t layer, int thread) {
    return store_
        .present()[1 + static_cast<size_t>(layer) * static_cast<size_t>(threads_) + static_cast<size_t>(thread)];
  }

  int32_t layers_ = 0;
  int threads_ = 0;
  List<uint64_t> live_;  // by layer
  uint64_t keeping_ = 0;
  SpanStore store_;
};

}  // namespace lockstep
