#include "compiler/build_report.h"

#include <sys/resource.h>

#include "compiler/model_info.h"

namespace lockstep::compiler {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Of this whole process, in bytes.
int64_t PeakMemory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

}  // namespace

BuildReport::BuildReport(const BuildConfig& config, const BuildListener& listener)
    : listener_(listener), stage_start_(Clock::now()), start_(Clock::now()) {
  json_ = {
      {"input", config.input}, {"stages", nlohmann::ordered_json::array()}, {"notes", nlohmann::ordered_json::array()}};
}

void BuildReport::EndStage() {
  if (!stage_.empty()) json_["stages"].push_back({{"stage", stage_}, {"seconds", SecondsSince(stage_start_)}});
}

void BuildReport::Stage(const std::string& what) {
  EndStage();
  stage_ = what;
  stage_start_ = Clock::now();
  if (listener_.stage) listener_.stage(what);
}

void BuildReport::Passes(const std::vector<optimize::PassResult>& passes) {
  for (const optimize::PassResult& pass : passes) json_["passes"][pass.pass] = pass.count;
}

void BuildReport::Pictures(size_t found, size_t skipped) {
  json_["calibration"] = {{"pictures", found - skipped}, {"skipped", skipped}};
}

void BuildReport::Notes(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) json_["notes"].push_back(note);
}

void BuildReport::Model(const std::vector<uint8_t>& file) {
  json_["model"] = DescribeJointModel(*joint::GetModel(file.data()), file.size(), false);
}

nlohmann::ordered_json BuildReport::Finish() {
  EndStage();
  stage_.clear();
  json_["seconds"] = SecondsSince(start_);
  json_["peak_memory"] = PeakMemory();
  return json_;
}

}  // namespace lockstep::compiler
