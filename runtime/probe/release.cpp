// The release build watches nothing.
#include "probe/foreign_options.h"
#include "probe/probe.h"

namespace lockstep {

const char* Probe::BuildName() { return "release"; }
bool Probe::SeesLayers() { return false; }

Probe::~Probe() { static_cast<void>(state_); }

Status Probe::Prepare(const Session& /*session*/, const ProbeOptions& options) {
  LOCKSTEP_RETURN_IF_ERROR(RefuseDump(options));
  LOCKSTEP_RETURN_IF_ERROR(RefuseProfile(options));
  return RefuseMemoryReport(options);
}

Status Probe::DumpNextRun(const char* folder) { return RefuseDumpFolder(folder); }
void Probe::CountRuns(bool /*count*/) {}
Status Probe::BeginRun(Session& /*session*/) { return Status::Ok(); }
Status Probe::BeforeLayer(Session& /*session*/, int32_t /*layer*/) { return Status::Ok(); }
void Probe::BeforeShare(int32_t /*layer*/, int /*thread*/) {}
void Probe::AfterShare(int32_t /*layer*/, int /*thread*/) {}
Status Probe::AfterLayer(Session& /*session*/, int32_t /*layer*/) { return Status::Ok(); }
Status Probe::EndRun(Session& /*session*/) { return Status::Ok(); }
Status Probe::WriteReports(const Session& /*session*/) { return Status::Ok(); }

}  // namespace lockstep
