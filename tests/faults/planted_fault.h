// The one fault that this runtime has, as LOCKSTEP_FAULT says: "KIND LAYER [A [B]]".
#pragma once

#include <string>

namespace lockstep::faults {

struct PlantedFault {
  std::string kind;   // empty: none
  std::string layer;  // by its name
  int a = 0;
  std::string other;  // of overlap: the layer whose first input is overwritten
};

// Read once. Ends the program with a message if it cannot be understood.
const PlantedFault& Fault();

// Ends the program with a message: a fault that is not planted would pass for a run without one.
[[noreturn]] void RefuseFault(const std::string& why);
// Refuses a kind that there is none of, and one without what it needs.
void CheckKind(const PlantedFault& fault);

// Every layer gets this PC's bytes: faults that lie between layers do not act.
void SetIsolated();
bool IsIsolated();

}  // namespace lockstep::faults
