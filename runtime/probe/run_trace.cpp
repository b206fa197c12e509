#include "probe/run_trace.h"

#include <algorithm>

#include "base/json_text.h"
#include "base/output_file.h"
#include "probe/profile_times.h"

namespace lockstep {
namespace {

constexpr uint64_t kMostRuns = 32;
constexpr uint64_t kMostShares = 1 << 16;  // 1 MB, but for networks of which one run has more

double Microseconds(uint64_t nanoseconds) { return static_cast<double>(nanoseconds) * 1e-3; }

}  // namespace

Status RunTrace::Prepare(const Session& session) {
  layers_ = session.model().layer_count();
  threads_ = session.threads();
  const uint64_t shares = static_cast<uint64_t>(layers_) * static_cast<uint64_t>(threads_);
  const uint64_t runs = std::clamp<uint64_t>(kMostShares / shares, 1, kMostRuns);
  LOCKSTEP_RETURN_IF_ERROR(runs_span_.Make(static_cast<size_t>(runs), "the trace"));
  LOCKSTEP_RETURN_IF_ERROR(shares_.Make(static_cast<size_t>(runs * shares), "the trace"));
  kept_ = runs;
  return Status::Ok();
}

uint64_t RunTrace::Now() { return ProfileClock(); }

RunTrace::Span& RunTrace::At(int32_t layer, int thread) {
  const uint64_t run = runs_ % kept_;
  const uint64_t index =
      (run * static_cast<uint64_t>(layers_) + static_cast<uint64_t>(layer)) * static_cast<uint64_t>(threads_) +
      static_cast<uint64_t>(thread);
  return shares_[static_cast<size_t>(index)];
}

void RunTrace::BeginRun() {
  const size_t shares = static_cast<size_t>(layers_) * static_cast<size_t>(threads_);
  Span* first = &At(0, 0);
  std::fill(first, first + shares, Span());
  runs_span_[static_cast<size_t>(runs_ % kept_)].begin = Now();
}

void RunTrace::EndRun() {
  runs_span_[static_cast<size_t>(runs_ % kept_)].end = Now();
  ++runs_;
}

uint64_t RunTrace::traced() const { return std::min(runs_, kept_); }

Status RunTrace::Write(const Session& session, const String& path) const {
  const Model& model = session.model();
  OutputFile file;
  LOCKSTEP_RETURN_IF_ERROR(file.Open(path));
  const uint64_t first = runs_ - traced();
  const uint64_t zero = runs_span_[static_cast<size_t>(first % kept_)].begin;
  const auto times = [zero](const Span& span, double* from, double* duration) {
    *from = Microseconds(span.begin - zero);
    *duration = Microseconds(span.end - span.begin);
  };
  file.Print(R"({"displayTimeUnit":"ms","otherData":{"runs":%llu,"traced_runs":%llu},"traceEvents":[)",
             static_cast<unsigned long long>(runs_), static_cast<unsigned long long>(traced()));
  file.Print(
      "\n"
      R"({"name":"process_name","ph":"M","pid":1,"args":{"name":%s}})",
      JsonString(model.name()).c_str());
  for (int thread = 0; thread < threads_; ++thread) {
    file.Print(
        ",\n"
        R"({"name":"thread_name","ph":"M","pid":1,"tid":%d,"args":{"name":"thread %d"}})",
        thread + 1, thread);
  }
  double from = 0;
  double duration = 0;
  const Span* share = nullptr;
  for (uint64_t run = first; run < runs_; ++run) {
    const auto slot = static_cast<size_t>(run % kept_);
    times(runs_span_[slot], &from, &duration);
    file.Print(
        ",\n"
        R"({"name":"run %llu","cat":"run","ph":"X","pid":1,"tid":1,"ts":%.3f,"dur":%.3f})",
        static_cast<unsigned long long>(run), from, duration);
    share = shares_.begin() + slot * static_cast<size_t>(layers_) * static_cast<size_t>(threads_);
    for (int32_t layer = 0; layer < layers_; ++layer) {
      const LayerInfo info = model.layer(layer);
      for (int thread = 0; thread < threads_; ++thread, ++share) {
        if (share->end == 0) continue;
        times(*share, &from, &duration);
        file.Print(
            ",\n"
            R"({"name":%s,"cat":"%s","ph":"X","pid":1,"tid":%d,"ts":%.3f,"dur":%.3f,)"
            R"("args":{"layer":%d,"kernel":"%s","macs":%llu}})",
            JsonString(info.name).c_str(), info.op, thread + 1, from, duration, layer, session.kernel_name(layer),
            static_cast<unsigned long long>(info.macs));
      }
    }
  }
  file.Print("\n]}\n");
  return file.Commit();
}

}  // namespace lockstep
