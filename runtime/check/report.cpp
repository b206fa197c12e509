#include "check/report.h"

#include <cstdarg>
#include <cstdio>

namespace lockstep::check {
namespace {

Status Fault(StatusCode code, const char* end, const char* format, va_list arguments) {
  char text[Status::kMaxMessage];
  std::vsnprintf(text, sizeof(text), format, arguments);
  return Status::Error(code, "%s%s", text, end);
}

}  // namespace

Verdict Report::Corrupt(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fault_ = Fault(StatusCode::kCorruptModel, "; copy or build the model again", format, arguments);
  va_end(arguments);
  return Verdict::kFault;
}

Verdict Report::Unknown(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fault_ = Fault(StatusCode::kUnsupported, " is unknown to this lockstep; upgrade it", format, arguments);
  va_end(arguments);
  return Verdict::kFault;
}

Verdict Report::Unsupported(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fault_ = Fault(StatusCode::kUnsupported, "", format, arguments);
  va_end(arguments);
  return Verdict::kFault;
}

Verdict Report::Take(const Status& status) {
  if (status.ok()) return Verdict::kPassed;
  fault_ = status;
  return Verdict::kFault;
}

}  // namespace lockstep::check
