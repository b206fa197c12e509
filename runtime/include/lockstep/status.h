// How the runtime reports errors: a code for programs and one line of text for people. No exceptions, no allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

// Everything the shared libraries export carries this mark; the rest is hidden.
#define LOCKSTEP_API [[gnu::visibility("default")]]

namespace lockstep {

enum class StatusCode : uint8_t {
  kOk,
  kInvalidArgument,  // wrong usage: an option, a size or an index of the caller
  kUnsupported,      // a valid model of another contract, format or operator set than this runtime knows
  kCorruptModel,     // the model is damaged or contradicts itself
  kUnreadable,       // a file that cannot be opened, read or written
  kOutOfMemory,      // the arena or scratch memory is not to be had
  kWrongBuild,       // another of the four builds can do this
  kDiffers           // a self-test or a comparison failed
};

class [[nodiscard]] LOCKSTEP_API Status {
 public:
  static constexpr int kMaxMessage = 320;  // longer messages are cut, the terminating zero included

  Status() { message_[0] = '\0'; }
  static Status Ok() { return {}; }
  static Status Error(StatusCode code, const char* format, ...) __attribute__((format(printf, 2, 3)));

  bool ok() const { return code_ == StatusCode::kOk; }
  StatusCode code() const { return code_; }
  const char* message() const { return message_; }

 private:
  StatusCode code_ = StatusCode::kOk;
  char message_[kMaxMessage];  // up to its zero: statuses are made by the thousand, and few have a text
};

// A value or the error that prevented it.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(Status status) : status_(status) {}       // NOLINT(google-explicit-constructor)
  Result(T&& value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return status_.ok(); }
  const Status& status() const { return status_; }
  T& value() { return *value_; }  // only if ok()

 private:
  Status status_;
  std::optional<T> value_;
};

}  // namespace lockstep

#define LOCKSTEP_RETURN_IF_ERROR(expression)                        \
  do {                                                              \
    if (::lockstep::Status status_ = (expression); !status_.ok()) { \
      return status_;                                               \
    }                                                               \
  } while (false)
