// The profile build times every layer: a table on stdout, a CSV and a Chrome trace of the last run.
#include <cstdint>
#include <cstdio>
#include <ctime>

#include "core/json_text.h"
#include "core/list.h"
#include "core/output_file.h"
#include "core/string.h"
#include "probe/foreign_options.h"
#include "probe/probe.h"

namespace lockstep {
namespace {

struct LayerTimes {
  uint64_t start = 0;  // of the last run
  uint64_t last = 0;
  uint64_t shortest = UINT64_MAX;
  uint64_t longest = 0;
  uint64_t sum = 0;
};

uint64_t Now() {
  timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1000000000U + static_cast<uint64_t>(time.tv_nsec);
}

double Milliseconds(uint64_t nanoseconds) { return static_cast<double>(nanoseconds) * 1e-6; }

// Every byte that the layer reads or writes, weights left out.
uint64_t LayerBytes(const Model& model, int32_t layer) {
  uint64_t bytes = model.tensor(model.layer_output_tensor(layer)).bytes;
  for (int32_t i = 0; i < model.layer(layer).input_count; ++i) {
    bytes += model.tensor(model.layer_input_tensor(layer, i)).bytes;
  }
  return bytes;
}

// One multiply-accumulate counts as two operations.
double Gops(uint64_t macs, double nanoseconds) {
  return nanoseconds > 0 ? 2.0 * static_cast<double>(macs) / nanoseconds : 0;
}

}  // namespace

struct Probe::State : Allocated {
  List<LayerTimes> layers;
  bool counting = true;  // this run and the next ones
  uint64_t runs = 0;
  uint64_t total = 0;  // of all layers and runs
  uint64_t run_start = 0;
  OutputFolder made;
  String folder;
  bool reported = false;

  String CsvPath() const { return folder + "/profile.csv"; }
  String TracePath() const { return folder + "/trace.json"; }

  double Average(const LayerTimes& times) const { return static_cast<double>(times.sum) / static_cast<double>(runs); }
  double Share(const LayerTimes& times) const {
    return total != 0 ? 100.0 * static_cast<double>(times.sum) / static_cast<double>(total) : 0.0;
  }
  void PrintTable(const Session& session) const;
  Status WriteCsv(const Session& session, const String& path) const;
  Status WriteTrace(const Session& session, const String& path) const;
};

void Probe::State::PrintTable(const Session& session) const {
  const Model& model = session.model();
  std::printf("Network %s: %d layers, %.3f GMACs, %llu runs\n", model.name(), model.layer_count(),
              static_cast<double>(model.macs()) * 1e-9, static_cast<unsigned long long>(runs));
  std::printf("%5s %-28s %-13s %-26s %9s %9s %9s %6s %9s %8s %9s\n", "index", "layer", "operator", "kernel", "min ms",
              "avg ms", "max ms", "share", "MMACs", "GOPS", "KB");
  for (int32_t i = 0; i < model.layer_count(); ++i) {
    const LayerTimes& times = layers[static_cast<size_t>(i)];
    const LayerInfo info = model.layer(i);
    std::printf("%5d %-28.28s %-13s %-26.26s %9.3f %9.3f %9.3f %5.1f%% %9.3f %8.3f %9.1f\n", i, info.name, info.op,
                session.kernel_name(i), Milliseconds(times.shortest), Average(times) * 1e-6,
                Milliseconds(times.longest), Share(times), static_cast<double>(info.macs) * 1e-6,
                Gops(info.macs, Average(times)), static_cast<double>(LayerBytes(model, i)) / 1024);
  }
  const double average = static_cast<double>(total) / static_cast<double>(runs);
  std::printf("all layers: %.3f ms on average, %.3f GOPS\n", average * 1e-6, Gops(model.macs(), average));
}

Status Probe::State::WriteCsv(const Session& session, const String& path) const {
  OutputFile file;
  LOCKSTEP_RETURN_IF_ERROR(file.Open(path));
  const Model& model = session.model();
  file.Print("index,layer,operator,kernel,min_ms,avg_ms,max_ms,share_percent,macs,gops,bytes\n");
  for (int32_t i = 0; i < model.layer_count(); ++i) {
    const LayerTimes& times = layers[static_cast<size_t>(i)];
    const LayerInfo info = model.layer(i);
    String name;
    for (const char* c = info.name; *c != 0; ++c) {
      if (*c == '"') name += '"';
      name += *c;
    }
    file.Print("%d,\"%s\",%s,%s,%.6f,%.6f,%.6f,%.3f,%llu,%.3f,%llu\n", i, name.c_str(), info.op, session.kernel_name(i),
               Milliseconds(times.shortest), Average(times) * 1e-6, Milliseconds(times.longest), Share(times),
               static_cast<unsigned long long>(info.macs), Gops(info.macs, Average(times)),
               static_cast<unsigned long long>(LayerBytes(model, i)));
  }
  return file.Commit();
}

Status Probe::State::WriteTrace(const Session& session, const String& path) const {
  OutputFile file;
  LOCKSTEP_RETURN_IF_ERROR(file.Open(path));
  const Model& model = session.model();
  file.Print(R"({"displayTimeUnit":"ms","traceEvents":[)");
  for (int32_t i = 0; i < model.layer_count(); ++i) {
    const LayerTimes& times = layers[static_cast<size_t>(i)];
    const LayerInfo info = model.layer(i);
    file.Print(
        R"(%s{"name":%s,"cat":"%s","ph":"X","pid":1,"tid":1,"ts":%.3f,"dur":%.3f,"args":{"kernel":"%s","macs":%llu}})",
        i == 0 ? "\n" : ",\n", JsonString(info.name).c_str(), info.op, static_cast<double>(times.start) * 1e-3,
        static_cast<double>(times.last) * 1e-3, session.kernel_name(i), static_cast<unsigned long long>(info.macs));
  }
  file.Print("\n]}\n");
  return file.Commit();
}

const char* Probe::BuildName() { return "profile"; }

Probe::~Probe() { delete state_; }

Status Probe::Prepare(const Session& session, const ProbeOptions& options) {
  LOCKSTEP_RETURN_IF_ERROR(RefuseDump(options));
  LOCKSTEP_RETURN_IF_ERROR(RefuseMemoryReport(options));
  state_ = new State;
  if (state_ == nullptr) return Status::Error(StatusCode::kOutOfMemory, "no memory for the profile");
  state_->layers.resize(static_cast<size_t>(session.model().layer_count()));
  if (options.profile_folder == nullptr) return Status::Ok();
  state_->folder = options.profile_folder;
  LOCKSTEP_RETURN_IF_ERROR(state_->made.Make(state_->folder));
  LOCKSTEP_RETURN_IF_ERROR(CheckWritable(state_->CsvPath()));
  return CheckWritable(state_->TracePath());
}

Status Probe::DumpNextRun(const char* folder) { return RefuseDumpFolder(folder); }

void Probe::CountRuns(bool count) { state_->counting = count; }

Status Probe::BeginRun(Session& /*session*/) {
  state_->run_start = Now();
  return Status::Ok();
}

Status Probe::BeforeLayer(Session& /*session*/, int32_t layer) {
  if (state_->counting) state_->layers[static_cast<size_t>(layer)].start = Now();
  return Status::Ok();
}

Status Probe::AfterLayer(Session& /*session*/, int32_t layer) {
  if (!state_->counting) return Status::Ok();
  LayerTimes& times = state_->layers[static_cast<size_t>(layer)];
  times.last = Now() - times.start;
  times.start -= state_->run_start;
  if (times.last < times.shortest) times.shortest = times.last;
  if (times.last > times.longest) times.longest = times.last;
  times.sum += times.last;
  state_->total += times.last;
  return Status::Ok();
}

Status Probe::EndRun(Session& /*session*/) {
  if (state_->counting) ++state_->runs;
  return Status::Ok();
}

Status Probe::WriteReports(const Session& session) {
  if (state_ == nullptr || state_->reported || state_->runs == 0) return Status::Ok();
  state_->reported = true;
  state_->PrintTable(session);
  if (state_->folder.empty()) return Status::Ok();
  LOCKSTEP_RETURN_IF_ERROR(state_->WriteCsv(session, state_->CsvPath()));
  LOCKSTEP_RETURN_IF_ERROR(state_->WriteTrace(session, state_->TracePath()));
  std::printf("wrote       %s\nwrote       %s\n", state_->CsvPath().c_str(), state_->TracePath().c_str());
  return Status::Ok();
}

}  // namespace lockstep
