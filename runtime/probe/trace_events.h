// The events of a Chrome trace, as chrome://tracing and Perfetto read them: metadata (M), durations (X), counters (C).
#pragma once

#include <cstdint>

#include "base/output_file.h"
#include "base/string.h"
#include "lockstep/runtime.h"
#include "probe/span_store.h"

namespace lockstep {

class TraceEvents {
 public:
  // `live` is LiveBytes of the model.
  TraceEvents(OutputFile& file, const Session& session, const List<uint64_t>& live);

  // Of the network and its threads: what stands first.
  void Names();
  // The next run. Times count from the begin of the first one.
  void Run(const Span* spans);

 private:
  void Layer(int32_t layer, const Span* shares);
  void Live(uint64_t bytes, double when);
  void Speed(double gops, double when);
  double Microseconds(uint64_t nanoseconds) const { return static_cast<double>(nanoseconds - zero_) * 1e-3; }

  OutputFile& file_;
  const Session& session_;
  const List<uint64_t>& live_;
  uint64_t zero_ = 0;
  uint64_t runs_ = 0;
  List<String> names_;  // of the layers, in JSON
  // As the counters stand; an event says what changes.
  uint64_t bytes_ = UINT64_MAX;
  double gops_ = -1;
};

}  // namespace lockstep
