// What run_joint prints about the model and its runs.
#pragma once

#include <cstdint>

#include "base/list.h"
#include "base/string.h"
#include "lockstep/runtime.h"
#include "run_joint/arguments.h"

namespace lockstep {

uint64_t NowNanoseconds();

struct RunTimes {
  List<uint64_t> nanoseconds;  // one per run that counts
  uint64_t load = 0;           // opening and checking the model, and making the session

  struct Summary {
    double min_ms = 0;
    double avg_ms = 0;
    double max_ms = 0;
    double median_ms = 0;  // nearest rank, as p95
    double p95_ms = 0;
  };
  Summary Summarize() const;
};

void PrintVersion();
void PrintModel(const Model& model);
void PrintLayers(const Model& model);
void PrintSession(const Session& session, const RunTimes& times, const Arguments& arguments);
void PrintPlan(const Session& session);  // in bytes, for programs
void PrintTimes(const RunTimes& times, const Model& model);
void PrintPeakMemory(const Session& session);
Status SaveBenchmark(const String& path, const Session& session, const RunTimes& times, const Arguments& arguments);

}  // namespace lockstep
