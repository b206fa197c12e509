// What watches a run. The executor calls the probe unconditionally; each of the four builds links another
// implementation (release.cpp, debug.cpp, profile.cpp, nmem.cpp), and that is all they differ in.
#pragma once

#include "lockstep/runtime.h"
#include "lockstep/status.h"

namespace lockstep {

class Probe {
 public:
  Probe() = default;
  ~Probe();
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  static const char* BuildName();
  static bool SeesLayers();  // else layers may run together

  // Allocates what the runs need. Options of another build are an error that names it.
  Status Prepare(const Session& session, const ProbeOptions& options);
  Status DumpNextRun(const char* folder);
  void CountRuns(bool count);
  Status BeginRun(Session& session);
  Status BeforeLayer(Session& session, int32_t layer);
  // On the thread that does a share of the layer, around it. 0 is the calling thread.
  void BeforeShare(int32_t layer, int thread);
  void AfterShare(int32_t layer, int thread);
  Status AfterLayer(Session& session, int32_t layer);
  Status EndRun(Session& session);
  Status WriteReports(const Session& session);

 private:
  struct State;
  State* state_ = nullptr;
};

}  // namespace lockstep
