// What the nmem build found out, as text and for programs.
#pragma once

#include <cstdint>

#include "base/list.h"
#include "base/process_memory.h"
#include "base/string.h"
#include "lockstep/runtime.h"
#include "probe/memory_parts.h"

namespace lockstep {

struct MemoryFigures {
  List<uint64_t> live;  // LiveBytes
  uint64_t runs = 0;    // that count
  MemoryNow load;       // behind the making of the session
  MemoryNow first_run;
  MemoryNow steady;  // behind the last run
  MemoryParts parts;
  bool emulated = false;  // all that is measured has the emulator in it, and there are no parts
  char emulator[kMaxProgramName] = {};

  // The layer with the most bytes alive.
  int32_t PeakLayer() const;
};

Status WriteMemoryText(const Session& session, const MemoryFigures& figures, const String& path);
Status WriteMemoryJson(const Session& session, const MemoryFigures& figures, const String& path);

}  // namespace lockstep
