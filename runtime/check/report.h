// How the checks report to each other: a word, because a Status, with its text, would be copied from caller to caller.
// The first fault ends the check of a model; its text waits in the report.
#pragma once

#include "lockstep/status.h"

namespace lockstep::check {

enum class [[nodiscard]] Verdict : bool{kPassed, kFault};

class Report {
 public:
  Verdict Corrupt(const char* format, ...) __attribute__((format(printf, 2, 3)));
  // What a newer compiler may have written: the text names the field and ends before "is unknown to this lockstep".
  Verdict Unknown(const char* format, ...) __attribute__((format(printf, 2, 3)));
  // What this runtime was not made for.
  Verdict Unsupported(const char* format, ...) __attribute__((format(printf, 2, 3)));
  Verdict Take(const Status& status);

  const Status& fault() const { return fault_; }

 private:
  Status fault_;
};

}  // namespace lockstep::check

#define LOCKSTEP_RETURN_IF_FAULT(expression)                  \
  do {                                                        \
    if ((expression) == ::lockstep::check::Verdict::kFault) { \
      return ::lockstep::check::Verdict::kFault;              \
    }                                                         \
  } while (false)
