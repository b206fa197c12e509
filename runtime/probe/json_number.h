// Numbers of a dump's manifest. A file of its own: reading a float back takes 8 KB of a static C library.
#pragma once

#include "base/string.h"

namespace lockstep {

// The shortest decimal that reads back as the same float.
String JsonNumber(float value);

}  // namespace lockstep
