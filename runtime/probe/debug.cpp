// The debug build dumps what the layers make.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/memory.h"
#include "base/string.h"
#include "probe/dump_writer.h"
#include "probe/foreign_options.h"
#include "probe/probe.h"

namespace lockstep {

namespace {

Status WantedByEnvironment(bool* wanted) {
  const char* text = std::getenv("LOCKSTEP_DUMPDATA");
  if (text == nullptr || *text == 0) return Status::Ok();
  *wanted = std::strcmp(text, "true") == 0;
  if (*wanted || std::strcmp(text, "false") == 0) return Status::Ok();
  return Status::Error(StatusCode::kInvalidArgument, "LOCKSTEP_DUMPDATA is '%.32s'; make it true or false", text);
}

}  // namespace

struct Probe::State : Allocated {
  DumpWriter writer;
  String folder;         // of the next run's dump; empty: none
  bool dumping = false;  // this run
};

const char* Probe::BuildName() { return "debug"; }
bool Probe::SeesLayers() { return true; }

Probe::~Probe() { delete state_; }

Status Probe::Prepare(const Session& session, const ProbeOptions& options) {
  LOCKSTEP_RETURN_IF_ERROR(RefuseProfile(options));
  LOCKSTEP_RETURN_IF_ERROR(RefuseMemoryReport(options));
  state_ = new State;
  if (state_ == nullptr) return Status::Error(StatusCode::kOutOfMemory, "no memory for the dump's state");
  LOCKSTEP_RETURN_IF_ERROR(state_->writer.Prepare(session.model(), options));
  bool wanted = false;
  LOCKSTEP_RETURN_IF_ERROR(WantedByEnvironment(&wanted));
  if (options.dump_folder != nullptr) {
    state_->folder = options.dump_folder;
  } else if (wanted) {
    const char* folder = std::getenv("LOCKSTEP_DUMP_FOLDER");
    state_->folder = folder != nullptr && *folder != 0 ? folder : "lockstep_dump";
  }
  return Status::Ok();
}

Status Probe::DumpNextRun(const char* folder) {
  state_->folder = folder != nullptr ? folder : "";
  return Status::Ok();
}

void Probe::CountRuns(bool /*count*/) {}

Status Probe::BeginRun(Session& session) {
  state_->dumping = !state_->folder.empty();
  return state_->dumping ? state_->writer.Begin(session, state_->folder) : Status::Ok();
}

Status Probe::BeforeLayer(Session& session, int32_t layer) {
  return state_->dumping ? state_->writer.Inputs(session, layer) : Status::Ok();
}

void Probe::BeforeShare(int32_t /*layer*/, int /*thread*/) {}
void Probe::AfterShare(int32_t /*layer*/, int /*thread*/) {}

Status Probe::AfterLayer(Session& session, int32_t layer) {
  return state_->dumping ? state_->writer.Layer(session, layer) : Status::Ok();
}

Status Probe::EndRun(Session& /*session*/) {
  if (!state_->dumping) return Status::Ok();
  LOCKSTEP_RETURN_IF_ERROR(state_->writer.End());
  std::printf("wrote       %s/manifest.json\n", state_->folder.c_str());
  state_->folder.clear();
  return Status::Ok();
}

Status Probe::WriteReports(const Session& /*session*/) { return Status::Ok(); }

}  // namespace lockstep
