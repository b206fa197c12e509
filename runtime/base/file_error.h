// What an errno of a file operation means for the caller.
#pragma once

#include <cerrno>

#include "lockstep/status.h"

namespace lockstep {

// A mapping or a buffer that the board has no memory for says nothing about the file.
inline StatusCode CodeOfFileError(int error) {
  return error == ENOMEM ? StatusCode::kOutOfMemory : StatusCode::kUnreadable;
}

}  // namespace lockstep
