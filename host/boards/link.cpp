#include "boards/link.h"

#include <charconv>

namespace lockstep::boards {
namespace {

constexpr const char* kMark = "lockstep-status ";

}  // namespace

std::string WithStatus(const std::string& line) { return "{ " + line + "\n}; printf '\\n" + kMark + "%d\\n' $? >&2"; }

bool TakeStatus(ProcessResult& result) {
  const size_t mark = result.err.rfind(std::string("\n") + kMark);
  if (mark == std::string::npos) return false;
  const char* begin = result.err.data() + mark + 1 + std::string(kMark).size();
  const char* end = result.err.data() + result.err.size();
  int status = 0;
  const auto [rest, error] = std::from_chars(begin, end, status);
  if (error != std::errc() || rest == end || *rest != '\n' || status < 0 || status > 255) return false;
  result.status = status;
  result.err.resize(mark);
  return true;
}

std::string ShellQuoted(const std::string& word) {
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace lockstep::boards
