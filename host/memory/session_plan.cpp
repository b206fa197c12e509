#include "memory/session_plan.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "graph/error.h"
#include "lockstep/cpu.h"
#include "memory/plan.h"

namespace lockstep::memory {
namespace {

// What stands behind the first word of the line that begins with it.
std::string LineOf(const std::string& printed, const std::string& word) {
  std::istringstream lines(printed);
  for (std::string line; std::getline(lines, line);) {
    if (line.compare(0, word.size() + 1, word + " ") == 0) return line.substr(word.size() + 1);
  }
  return "";
}

std::vector<std::string> NamesOf(IsaSet isa) {
  std::vector<std::string> names;
  for (uint32_t i = 0; i < 32; ++i) {
    if ((isa >> i & 1) != 0) names.emplace_back(IsaName(static_cast<Isa>(i)));
  }
  return names;
}

bool IsName(const std::string& word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return ('a' <= c && c <= 'z') || ('0' <= c && c <= '9'); });
}

}  // namespace

std::string WhoseText(const SessionPlan& session) {
  std::string text = session.target == kHostTarget ? "this PC" : session.target;
  if (!session.emulator.empty()) {
    text += " (" + session.emulator + (session.cpu.empty() ? "" : ", ") + session.cpu + ")";
  }
  text += ":";
  for (const std::string& name : session.kernels) text += " " + name;
  return text;
}

std::vector<std::string> KernelsOfThisPc() {
  IsaSet isa = DetectIsa();
  const char* unknown = nullptr;
  static_cast<void>(IsaFromEnvironment(&isa, &unknown));
  return NamesOf(isa);
}

std::vector<std::string> KernelsOfAnyCpu() {
  std::vector<std::string> names = NamesOf(~IsaSet{0});
  names.erase(std::remove(names.begin(), names.end(), "unknown"), names.end());
  return names;
}

std::vector<std::string> KernelsIn(const std::string& printed) {
  std::istringstream words(LineOf(printed, "kernels"));
  std::vector<std::string> names;
  for (std::string word; words >> word;) {
    if (IsName(word)) names.push_back(word);
  }
  return names;
}

SessionPlan ReadSessionPlan(const std::string& printed, const Plan& plan, const std::string& program) {
  const std::string line = LineOf(printed, "plan");
  if (line.empty()) throw BoardError(program + " is of a version that does not say what it plans; build it again");
  const auto json = nlohmann::json::parse(line, nullptr, false);
  const auto number = [&](const char* key) {
    if (!json.is_object() || !json.contains(key) || !json.at(key).is_number_unsigned()) {
      throw BoardError(program + ": its plan has no number '" + key + "'; build it again");
    }
    return json.at(key).get<uint64_t>();
  };
  const struct {
    const char* key;
    uint64_t here;
  } same[] = {
      {"threads", static_cast<uint64_t>(plan.threads)}, {"model_file", plan.file_bytes}, {"arena", plan.arena_bytes}};
  for (const auto& figure : same) {
    const uint64_t there = number(figure.key);
    if (there == figure.here) continue;
    throw BoardError(program + " plans " + std::to_string(there) + " for '" + figure.key + "' where " +
                     std::to_string(figure.here) + " is planned here; build it again");
  }
  SessionPlan session;
  session.kernels = KernelsIn(printed);
  session.scratch_bytes = number("scratch");
  session.table_bytes = number("tables");
  return session;
}

}  // namespace lockstep::memory
