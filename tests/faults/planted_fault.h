// The one fault that this runtime has, as LOCKSTEP_FAULT says: "KIND LAYER [A [B]]".
#pragma once

#include <string>

namespace lockstep::faults {

struct PlantedFault {
  std::string kind;   // empty: none
  std::string layer;  // by its name
  int a = 0;
  std::string other;  // of kOverlap: the layer whose first input is overwritten
};

// Read once. Ends the program with a message if it cannot be understood.
const PlantedFault& Fault();

// Every layer gets this PC's bytes: faults that lie between layers do not act.
void SetIsolated();
bool IsIsolated();

}  // namespace lockstep::faults
