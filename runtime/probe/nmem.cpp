// The nmem build accounts for memory: nmem_memory.txt with what was planned and what was measured, and the same as JSON
// beside it.
#include <cstdio>
#include <cstdlib>

#include "base/output_file.h"
#include "base/process_memory.h"
#include "base/string.h"
#include "probe/foreign_options.h"
#include "probe/live_bytes.h"
#include "probe/memory_parts.h"
#include "probe/memory_report.h"
#include "probe/probe.h"

namespace lockstep {
namespace {

String DefaultPath() {
  const char* folder = std::getenv("TMPDIR");
  return String(folder != nullptr && *folder != 0 ? folder : "/tmp") + "/nmem_memory.txt";
}

}  // namespace

struct Probe::State : Allocated {
  String path;
  String json_path;
  MemoryFigures figures;
  Array<uintptr_t> stacks;  // by thread, an address in its stack
  bool counting = true;
  bool ran = false;
  bool reported = false;
};

const char* Probe::BuildName() { return "nmem"; }
bool Probe::SeesLayers() { return true; }

Probe::~Probe() { delete state_; }

Status Probe::Prepare(const Session& session, const ProbeOptions& options) {
  LOCKSTEP_RETURN_IF_ERROR(RefuseDump(options));
  LOCKSTEP_RETURN_IF_ERROR(RefuseProfile(options));
  state_ = new State;
  if (state_ == nullptr) return Status::Error(StatusCode::kOutOfMemory, "no memory for the memory report");
  state_->path = options.memory_path != nullptr ? options.memory_path : DefaultPath();
  state_->json_path = state_->path + ".json";
  LOCKSTEP_RETURN_IF_ERROR(LiveBytes(session.model(), &state_->figures.live));
  LOCKSTEP_RETURN_IF_ERROR(state_->stacks.Make(static_cast<size_t>(session.threads()), "the memory report"));
  LOCKSTEP_RETURN_IF_ERROR(CheckWritable(state_->path));
  LOCKSTEP_RETURN_IF_ERROR(CheckWritable(state_->json_path));
  state_->figures.emulated = Emulator(state_->figures.emulator);
  state_->figures.load = ReadMemoryNow();
  return Status::Ok();
}

Status Probe::DumpNextRun(const char* folder) { return RefuseDumpFolder(folder); }
void Probe::CountRuns(bool count) { state_->counting = count; }
Status Probe::BeginRun(Session& /*session*/) { return Status::Ok(); }
Status Probe::BeforeLayer(Session& /*session*/, int32_t /*layer*/) { return Status::Ok(); }

void Probe::BeforeShare(int32_t /*layer*/, int thread) {
  const char here = 0;
  state_->stacks[static_cast<size_t>(thread)] = reinterpret_cast<uintptr_t>(&here);
}

void Probe::AfterShare(int32_t /*layer*/, int /*thread*/) {}
Status Probe::AfterLayer(Session& /*session*/, int32_t /*layer*/) { return Status::Ok(); }

Status Probe::EndRun(Session& /*session*/) {
  if (!state_->ran) state_->figures.first_run = ReadMemoryNow();
  state_->ran = true;
  if (state_->counting) ++state_->figures.runs;
  return Status::Ok();
}

Status Probe::WriteReports(const Session& session) {
  if (state_ == nullptr || state_->reported || state_->figures.runs == 0) return Status::Ok();
  state_->reported = true;
  MemoryFigures& figures = state_->figures;
  // Measured before the report itself needs memory.
  figures.steady = ReadMemoryNow();
  if (!figures.emulated) {
    figures.parts = ReadMemoryParts(session.model().file(), session.model().file_size(), state_->stacks);
  }
  LOCKSTEP_RETURN_IF_ERROR(WriteMemoryText(session, figures, state_->path));
  std::printf("wrote       %s\n", state_->path.c_str());
  LOCKSTEP_RETURN_IF_ERROR(WriteMemoryJson(session, figures, state_->json_path));
  std::printf("wrote       %s\n", state_->json_path.c_str());
  return Status::Ok();
}

}  // namespace lockstep
