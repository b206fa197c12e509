// The profile build times every layer: tables on stdout, and as files a CSV, the same as JSON, and a
// Chrome trace of all runs.
#include <cstdint>
#include <cstdio>

#include "base/output_file.h"
#include "base/string.h"
#include "probe/emulator_marks.h"
#include "probe/foreign_options.h"
#include "probe/probe.h"
#include "probe/profile_json.h"
#include "probe/profile_table.h"
#include "probe/profile_times.h"
#include "probe/run_trace.h"

namespace lockstep {

struct Probe::State : Allocated {
  ProfileTimes times;
  RunTrace trace;
  EmulatorMarks marks;
  bool counting = true;  // this run and the next ones
  OutputFolder made;
  String folder;
  bool reported = false;

  String CsvPath() const { return folder + "/profile.csv"; }
  String JsonPath() const { return folder + "/profile.json"; }
  String TracePath() const { return folder + "/trace.json"; }
  bool Traces() const { return counting && trace.enabled(); }
};

const char* Probe::BuildName() { return "profile"; }
bool Probe::SeesLayers() { return true; }

Probe::~Probe() { delete state_; }

Status Probe::Prepare(const Session& session, const ProbeOptions& options) {
  LOCKSTEP_RETURN_IF_ERROR(RefuseDump(options));
  LOCKSTEP_RETURN_IF_ERROR(RefuseMemoryReport(options));
  state_ = new State;
  if (state_ == nullptr) return Status::Error(StatusCode::kOutOfMemory, "no memory for the profile");
  state_->times.layers.resize(static_cast<size_t>(session.model().layer_count()));
  state_->times.clock = ClockCost();
  state_->marks.Prepare();
  if (options.profile_folder == nullptr) return Status::Ok();
  state_->folder = options.profile_folder;
  LOCKSTEP_RETURN_IF_ERROR(state_->made.Make(state_->folder));
  LOCKSTEP_RETURN_IF_ERROR(CheckWritable(state_->CsvPath()));
  LOCKSTEP_RETURN_IF_ERROR(CheckWritable(state_->JsonPath()));
  LOCKSTEP_RETURN_IF_ERROR(CheckWritable(state_->TracePath()));
  return state_->trace.Prepare(session, state_->folder);
}

Status Probe::DumpNextRun(const char* folder) { return RefuseDumpFolder(folder); }

void Probe::CountRuns(bool count) { state_->counting = count; }

Status Probe::BeginRun(Session& /*session*/) {
  if (state_->Traces()) state_->trace.BeginRun();
  return Status::Ok();
}

Status Probe::BeforeLayer(Session& /*session*/, int32_t layer) {
  state_->times.layers[static_cast<size_t>(layer)].start = ProfileClock();
  if (state_->counting) state_->marks.Begin(layer);
  return Status::Ok();
}

void Probe::BeforeShare(int32_t layer, int thread) {
  if (state_->Traces()) state_->trace.BeginShare(layer, thread);
}

void Probe::AfterShare(int32_t layer, int thread) {
  if (state_->Traces()) state_->trace.EndShare(layer, thread);
}

Status Probe::AfterLayer(Session& /*session*/, int32_t layer) {
  if (!state_->counting) return Status::Ok();
  state_->marks.End(layer);
  LayerTimes& times = state_->times.layers[static_cast<size_t>(layer)];
  const uint64_t time = ProfileClock() - times.start;
  if (time < times.shortest) times.shortest = time;
  if (time > times.longest) times.longest = time;
  times.sum += time;
  state_->times.total += time;
  state_->times.reads += state_->trace.enabled() ? 4 : 2;
  return Status::Ok();
}

Status Probe::EndRun(Session& /*session*/) {
  if (state_->Traces()) state_->trace.EndRun();
  if (state_->counting) ++state_->times.runs;
  return Status::Ok();
}

Status Probe::WriteReports(const Session& session) {
  if (state_ == nullptr || state_->reported || state_->times.runs == 0) return Status::Ok();
  state_->reported = true;
  state_->times.keeping = state_->trace.keeping();
  PrintProfile(session, state_->times);
  if (state_->folder.empty()) return Status::Ok();
  LOCKSTEP_RETURN_IF_ERROR(WriteProfileCsv(session, state_->times, state_->CsvPath()));
  LOCKSTEP_RETURN_IF_ERROR(WriteProfileJson(session, state_->times, state_->JsonPath()));
  LOCKSTEP_RETURN_IF_ERROR(state_->trace.Write(session, state_->TracePath()));
  for (const String& path : {state_->CsvPath(), state_->JsonPath(), state_->TracePath()}) {
    std::printf("wrote       %s\n", path.c_str());
  }
  return Status::Ok();
}

}  // namespace lockstep
