#include "probe/run_trace.h"

#include <algorithm>

#include "base/output_file.h"
#include "probe/live_bytes.h"
#include "probe/trace_events.h"

namespace lockstep {

Status RunTrace::Prepare(const Session& session, const String& folder) {
  layers_ = session.model().layer_count();
  threads_ = session.threads();
  LOCKSTEP_RETURN_IF_ERROR(LiveBytes(session.model(), &live_));
  return store_.Prepare(folder, 1 + static_cast<size_t>(layers_) * static_cast<size_t>(threads_));
}

void RunTrace::BeginRun() {
  Span* spans = store_.present();
  std::fill(spans, spans + store_.spans(), Span());
  spans->begin = ProfileClock();
}

void RunTrace::EndRun() {
  const uint64_t end = ProfileClock();
  store_.present()->end = end;
  store_.Keep();
  keeping_ += ProfileClock() - end;
}

Status RunTrace::Write(const Session& session, const String& path) {
  OutputFile file;
  LOCKSTEP_RETURN_IF_ERROR(file.Open(path));
  file.Print(R"({"displayTimeUnit":"ms","otherData":{"runs":%llu},"traceEvents":[)"
             "\n",
             static_cast<unsigned long long>(store_.runs()));
  TraceEvents events(file, session, live_);
  events.Names();
  LOCKSTEP_RETURN_IF_ERROR(store_.Read([&events](const Span* spans) { events.Run(spans); }));
  file.Print("\n]}\n");
  return file.Commit();
}

}  // namespace lockstep
