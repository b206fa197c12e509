#include "boards/link.h"

#include <charconv>
#include <utility>

#include "boards/run_joint_call.h"

namespace lockstep::boards {
namespace {

constexpr const char* kMark = "lockstep-status ";

}  // namespace

void Complain(const std::vector<Complaint>& complaints, const std::string& device, const ProcessResult& said) {
  for (const Complaint& complaint : complaints) {
    if (said.err.find(complaint.words) == std::string::npos) continue;
    const std::string text = device + " " + complaint.means;
    if (complaint.final) throw BoardError(text);
    throw LinkLost(text);
  }
  throw LinkLost("the connection to " + device + " was lost" +
                 (said.err.empty() ? std::string() : ": " + LastWords(said)));
}

ProcessCall ProgramFor(const ShellCall& call, std::vector<std::string> arguments) {
  ProcessCall program;
  program.arguments = std::move(arguments);
  program.environment = {{"LC_ALL", "C"}};
  program.time_limit = call.time_limit;
  program.input = call.input;
  program.input_offset = call.input_offset;
  program.hold_input = call.hold_input;
  program.output = call.output;
  program.most_output = call.most_output;
  return program;
}

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
