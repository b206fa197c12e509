// The errors of the host tools. The CLI's one handler turns them into a line on stderr and an exit status.
// The text says which file, key, node or tensor is meant and what to do about it.
#pragma once

#include <stdexcept>
#include <string>

namespace lockstep {

struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct UsageError : Error {  // exit status 2: wrong usage or configuration
  using Error::Error;
};
struct UnsupportedModel : Error {  // exit status 3
  using Error::Error;
};
struct BadInput : Error {  // exit status 4: corrupt or unreadable input, or output that cannot be written
  using Error::Error;
};
struct BoardError : Error {  // exit status 5: board unreachable or failed
  using Error::Error;
};

}  // namespace lockstep
