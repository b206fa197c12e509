// A Chrome trace of the last runs that count: every thread's share of every layer on that thread's track.
#pragma once

#include <cstdint>

#include "base/memory.h"
#include "base/string.h"
#include "lockstep/runtime.h"

namespace lockstep {

class RunTrace {
 public:
  // All memory is taken here: bounded, so that of a large network fewer runs are kept.
  Status Prepare(const Session& session);
  bool enabled() const { return kept_ != 0; }

  void BeginRun();
  void BeginShare(int32_t layer, int thread) { At(layer, thread).begin = Now(); }
  void EndShare(int32_t layer, int thread) { At(layer, thread).end = Now(); }
  void EndRun();

  // {"traceEvents": ...}; "otherData" says how many runs there were and how many of them, the last ones, are in it.
  Status Write(const Session& session, const String& path) const;

 private:
  struct Span {  // in nanoseconds; both 0: the thread had no share
    uint64_t begin = 0;
    uint64_t end = 0;
  };
  static uint64_t Now();
  Span& At(int32_t layer, int thread);
  uint64_t traced() const;

  int32_t layers_ = 0;
  int threads_ = 0;
  uint64_t kept_ = 0;  // runs that there is room for
  uint64_t runs_ = 0;  // that were finished
  Array<Span> runs_span_;
  Array<Span> shares_;  // by run, layer and thread
};

}  // namespace lockstep
