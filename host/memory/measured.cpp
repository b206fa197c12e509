#include "memory/measured.h"

#include <array>

#include "files/output_file.h"
#include "files/temporary_folder.h"
#include "graph/error.h"

namespace lockstep::memory {
namespace {

using nlohmann::ordered_json;

constexpr std::array kPhases = {"load", "first run", "steady"};

[[noreturn]] void Wrong(const std::string& source, const std::string& what) {
  throw BoardError(source + ": its memory report " + what + "; put this lockstep's run_joint_nmem there");
}

uint64_t Bytes(const ordered_json& json, const char* key, const std::string& source) {
  if (!json.is_object() || !json.contains(key) || !json.at(key).is_number_unsigned()) {
    Wrong(source, std::string("has no number '") + key + "'");
  }
  return json.at(key).get<uint64_t>();
}

const ordered_json& Member(const ordered_json& json, const char* key, const std::string& source) {
  if (!json.is_object() || !json.contains(key)) Wrong(source, std::string("has no '") + key + "'");
  return json.at(key);
}

std::string Word(const ordered_json& json, const char* key, const std::string& source) {
  const ordered_json& value = Member(json, key, source);
  if (!value.is_string()) Wrong(source, std::string("has no text '") + key + "'");
  auto text = value.get<std::string>();
  for (const char c : text) {
    if (c <= ' ' || c > '~') Wrong(source, std::string("has no word '") + key + "'");
  }
  return text;
}

void RequirePlanned(const ordered_json& planned, const Plan& plan, const std::string& source) {
  const struct {
    const char* key;
    uint64_t here;
  } figures[] = {{"model_file", plan.file_bytes}, {"arena", plan.arena_bytes}, {"arena_live", plan.live_peak()}};
  for (const auto& figure : figures) {
    const uint64_t there = Bytes(planned, figure.key, source);
    if (there == figure.here) continue;
    Wrong(source, std::string("plans ") + std::to_string(there) + " bytes for '" + figure.key + "' where " +
                      std::to_string(figure.here) + " are planned here");
  }
}

}  // namespace

Measured ReadMeasured(const ordered_json& json, const Plan& plan, const std::string& source) {
  if (Bytes(json, "format", source) != 1) Wrong(source, "is of another format");
  const ordered_json& planned = Member(json, "planned", source);
  RequirePlanned(planned, plan, source);
  Measured measured;
  measured.board = source;
  measured.target = Word(json, "target", source);
  if (!Member(json, "emulator", source).is_null()) measured.emulator = Word(json, "emulator", source);
  measured.runs = Bytes(json, "runs", source);
  measured.session.target = measured.target;
  measured.session.emulator = measured.emulator;
  measured.session.scratch_bytes = Bytes(planned, "scratch", source);
  measured.session.table_bytes = Bytes(planned, "tables", source);
  const ordered_json& parts = Member(json, "parts", source);
  if (!parts.is_null()) {
    measured.parts = {Bytes(parts, "model_file", source), Bytes(parts, "code", source), Bytes(parts, "stacks", source),
                      Bytes(parts, "heap", source)};
  }
  const ordered_json& phases = Member(json, "phases", source);
  if (!phases.is_array() || phases.size() != kPhases.size()) Wrong(source, "has not three phases");
  for (size_t i = 0; i < kPhases.size(); ++i) {
    measured.phases.push_back({kPhases[i], Bytes(phases[i], "resident", source), Bytes(phases[i], "peak", source)});
  }
  return measured;
}

Measured Measure(const std::filesystem::path& model, const Plan& plan, int repeat, boards::Board& board) {
  const files::TemporaryFolder folder;
  boards::BoardJob job;
  job.model = model;
  job.build = "nmem";
  job.repeat = repeat;
  job.threads = plan.threads;
  job.report_folder = folder.path();
  const std::string printed = board.Run(job);
  const std::filesystem::path report = folder.path() / "nmem_memory.txt.json";
  if (!std::filesystem::exists(report)) Wrong(board.name(), "did not arrive");
  Measured measured = ReadMeasured(ordered_json::parse(files::ReadFile(report), nullptr, false), plan, board.name());
  measured.session.kernels = KernelsIn(printed);
  return measured;
}

}  // namespace lockstep::memory
