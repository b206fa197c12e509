#include "lockstep/status.h"

#include <cstdarg>
#include <cstdio>

namespace lockstep {

Status Status::Error(StatusCode code, const char* format, ...) {
  Status status;
  status.code_ = code;
  va_list arguments;
  va_start(arguments, format);
  // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start is above
  std::vsnprintf(status.message_, sizeof(status.message_), format, arguments);
  va_end(arguments);
  // Names come from files: the message stays one line whatever they hold.
  for (char* c = status.message_; *c != 0; ++c) {
    if (static_cast<unsigned char>(*c) < ' ' || *c == 127) *c = '?';
  }
  return status;
}

}  // namespace lockstep
