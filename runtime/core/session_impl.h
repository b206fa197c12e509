// What a session consists of. session_plan.cpp makes it, session.cpp runs it.
#pragma once

#include "base/memory.h"
#include "core/session_memory.h"
#include "core/step.h"
#include "core/thread_pool.h"
#include "lockstep/cpu.h"
#include "lockstep/runtime.h"
#include "probe/probe.h"

namespace lockstep {

struct [[gnu::visibility("hidden")]] Session::Impl : Allocated {
  const Model* model = nullptr;
  const joint::RowPlan* rows = nullptr;  // nullptr: layer by layer
  Team team;
  SessionMemory memory;
  uint8_t* arena = nullptr;
  uint8_t* state = nullptr;            // of all layers
  Array<kernels::TensorView> tensors;  // by tensor index
  uint64_t state_size = 0;
  Array<kernels::TensorView> inputs;  // of all layers, one after the other
  Array<kernels::TensorView> outputs;
  Array<Step> steps;
  Array<RowStep> row_steps;
  int32_t next = 0;  // the layer that runs next
  bool ready = false;
  ThreadPool pool;
  Probe probe;

  Status Plan(const Model& planned, const SessionOptions& options);  // all but what needs memory for tensors
  Status DescribeTensors();
  Status DescribeLayers();
  Status SelectKernels(IsaSet isa);  // and what they need of threads and memory
  Status PlanRows(IsaSet isa);
  uint64_t ArenaBytes() const { return rows != nullptr ? rows->arena_size() : model->arena_size(); }
  uint64_t ScratchBytes() const { return team.scratch_bytes * static_cast<uint64_t>(team.threads); }
  uint64_t MemoryBytes() const;
  Status TakeMemory();
  void Execute(int32_t layer);
  void ExecuteRows();  // a whole run
};

}  // namespace lockstep
