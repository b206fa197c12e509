// The nmem build accounts for memory: nmem_memory.txt with what was planned and what was measured.
#include <cstdio>
#include <cstdlib>

#include "base/list.h"
#include "base/output_file.h"
#include "base/process_memory.h"
#include "base/string.h"
#include "probe/foreign_options.h"
#include "probe/live_bytes.h"
#include "probe/probe.h"

namespace lockstep {
namespace {

constexpr double kKilobyte = 1024.0;

double Kilobytes(uint64_t bytes) { return static_cast<double>(bytes) / kKilobyte; }

String DefaultPath() {
  const char* folder = std::getenv("TMPDIR");
  return String(folder != nullptr && *folder != 0 ? folder : "/tmp") + "/nmem_memory.txt";
}

}  // namespace

struct Probe::State : Allocated {
  String path;
  List<uint64_t> live;
  bool counting = true;
  uint64_t runs = 0;
  bool reported = false;
};

const char* Probe::BuildName() { return "nmem"; }

Probe::~Probe() { delete state_; }

Status Probe::Prepare(const Session& session, const ProbeOptions& options) {
  LOCKSTEP_RETURN_IF_ERROR(RefuseDump(options));
  LOCKSTEP_RETURN_IF_ERROR(RefuseProfile(options));
  state_ = new State;
  if (state_ == nullptr) return Status::Error(StatusCode::kOutOfMemory, "no memory for the memory report");
  state_->path = options.memory_path != nullptr ? options.memory_path : DefaultPath();
  LOCKSTEP_RETURN_IF_ERROR(LiveBytes(session.model(), &state_->live));
  return CheckWritable(state_->path);
}

Status Probe::DumpNextRun(const char* folder) { return RefuseDumpFolder(folder); }
void Probe::CountRuns(bool count) { state_->counting = count; }
Status Probe::BeginRun(Session& /*session*/) { return Status::Ok(); }
Status Probe::BeforeLayer(Session& /*session*/, int32_t /*layer*/) { return Status::Ok(); }
void Probe::BeforeShare(int32_t /*layer*/, int /*thread*/) {}
void Probe::AfterShare(int32_t /*layer*/, int /*thread*/) {}
Status Probe::AfterLayer(Session& /*session*/, int32_t /*layer*/) { return Status::Ok(); }

Status Probe::EndRun(Session& /*session*/) {
  if (state_->counting) ++state_->runs;
  return Status::Ok();
}

Status Probe::WriteReports(const Session& session) {
  if (state_ == nullptr || state_->reported || state_->runs == 0) return Status::Ok();
  state_->reported = true;
  const Model& model = session.model();
  // Measured before the report itself needs memory.
  const uint64_t peak = PeakMemory();
  const uint64_t code = ResidentCode();
  const uint64_t file = ResidentBytes(model.file(), model.file_size());
  const uint64_t planned = session.planned_bytes();
  uint64_t largest = 0;
  for (const uint64_t bytes : state_->live) largest = bytes > largest ? bytes : largest;
  OutputFile report;
  LOCKSTEP_RETURN_IF_ERROR(report.Open(state_->path));
  report.Print("memory of %s in KB, after %llu runs\n", model.name(), static_cast<unsigned long long>(state_->runs));
  report.Print("weights            %12.1f   constants of the model\n", Kilobytes(model.constant_bytes()));
  report.Print("model file         %12.1f   mapped, of which %.1f resident\n", Kilobytes(model.file_size()),
               Kilobytes(file));
  report.Print("arena              %12.1f   of which at most %.1f alive at once\n", Kilobytes(model.arena_size()),
               Kilobytes(largest));
  report.Print("scratch            %12.1f   of all threads\n", Kilobytes(session.scratch_bytes()));
  report.Print("tables             %12.1f   unpacked when the session was made\n", Kilobytes(session.state_bytes()));
  report.Print("code               %12.1f   resident, program and libraries\n", Kilobytes(code));
  report.Print("planned peak       %12.1f   model file + arena + scratch + tables\n", Kilobytes(planned));
  report.Print("measured peak      %12.1f   VmHWM of the whole process\n", Kilobytes(peak));
  char emulator[kMaxProgramName];
  if (Emulator(emulator)) {
    report.Print("measured under emulation: the peak includes the emulator, %s; measure on the board\n", emulator);
  }
  report.Print("measured - planned %12.1f\n\n", Kilobytes(peak) - Kilobytes(planned));
  report.Print("%5s %-32s %-13s %14s\n", "index", "layer", "operator", "live KB");
  for (int32_t i = 0; i < model.layer_count(); ++i) {
    const LayerInfo info = model.layer(i);
    report.Print("%5d %-32.32s %-13s %14.1f\n", i, info.name, info.op, Kilobytes(state_->live[static_cast<size_t>(i)]));
  }
  LOCKSTEP_RETURN_IF_ERROR(report.Commit());
  std::printf("wrote       %s\n", state_->path.c_str());
  return Status::Ok();
}

}  // namespace lockstep
