#include "probe/trace_events.h"

#include <algorithm>

#include "base/json_text.h"
#include "probe/profile_figures.h"

namespace lockstep {

TraceEvents::TraceEvents(OutputFile& file, const Session& session, const List<uint64_t>& live)
    : file_(file), session_(session), live_(live) {
  for (int32_t i = 0; i < session.model().layer_count(); ++i) {
    names_.push_back(JsonString(session.model().layer(i).name));
  }
}

void TraceEvents::Names() {
  file_.Print(R"({"name":"process_name","ph":"M","pid":1,"args":{"name":%s}})",
              JsonString(session_.model().name()).c_str());
  for (int thread = 0; thread < session_.threads(); ++thread) {
    file_.Print(
        ",\n"
        R"({"name":"thread_name","ph":"M","pid":1,"tid":%d,"args":{"name":"thread %d"}})"
        ",\n"
        R"({"name":"thread_sort_index","ph":"M","pid":1,"tid":%d,"args":{"sort_index":%d}})",
        thread + 1, thread, thread + 1, thread);
  }
}

void TraceEvents::Live(uint64_t bytes, double when) {
  if (bytes == bytes_) return;
  bytes_ = bytes;
  file_.Print(
      ",\n"
      R"({"name":"arena live","ph":"C","pid":1,"ts":%.3f,"args":{"bytes":%llu}})",
      when, static_cast<unsigned long long>(bytes));
}

void TraceEvents::Speed(double gops, double when) {
  if (gops == gops_) return;
  gops_ = gops;
  file_.Print(
      ",\n"
      R"({"name":"speed","ph":"C","pid":1,"ts":%.3f,"args":{"GOPS":%.3f}})",
      when, gops);
}

void TraceEvents::Layer(int32_t layer, const Span* shares) {
  const LayerInfo info = session_.model().layer(layer);
  uint64_t begin = UINT64_MAX;
  uint64_t end = 0;
  for (int thread = 0; thread < session_.threads(); ++thread) {
    if (shares[thread].end == 0) continue;
    begin = std::min(begin, shares[thread].begin);
    end = std::max(end, shares[thread].end);
  }
  if (end == 0) return;
  Live(live_[static_cast<size_t>(layer)], Microseconds(begin));
  Speed(Gops(info.macs, static_cast<double>(end - begin)), Microseconds(begin));
  for (int thread = 0; thread < session_.threads(); ++thread) {
    const Span& share = shares[thread];
    if (share.end == 0) continue;
    file_.Print(
        ",\n"
        R"({"name":%s,"cat":"%s","ph":"X","pid":1,"tid":%d,"ts":%.3f,"dur":%.3f,)"
        R"("args":{"layer":%d,"kernel":"%s","macs":%llu}})",
        names_[static_cast<size_t>(layer)].c_str(), info.op, thread + 1, Microseconds(share.begin),
        static_cast<double>(share.end - share.begin) * 1e-3, layer, session_.kernel_name(layer),
        static_cast<unsigned long long>(info.macs));
  }
}

void TraceEvents::Run(const Span* spans) {
  if (runs_ == 0) zero_ = spans->begin;
  file_.Print(
      ",\n"
      R"({"name":"run %llu","cat":"run","ph":"X","pid":1,"tid":1,"ts":%.3f,"dur":%.3f})",
      static_cast<unsigned long long>(runs_++), Microseconds(spans->begin),
      static_cast<double>(spans->end - spans->begin) * 1e-3);
  const int32_t layers = session_.model().layer_count();
  const Span* shares = spans + 1;
  for (int32_t layer = 0; layer < layers; ++layer, shares += session_.threads()) Layer(layer, shares);
  Live(live_[static_cast<size_t>(layers)], Microseconds(spans->end));
  Speed(0, Microseconds(spans->end));
}

}  // namespace lockstep
