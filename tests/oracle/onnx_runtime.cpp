#include "onnx_runtime.h"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace lockstep::oracle {
namespace {

namespace fs = std::filesystem;

std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

// What a command prints on stdout; its stderr goes to ours.
std::string OutputOf(const std::string& command) {
  std::string text;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot start: " + command);
  std::array<char, 4096> buffer{};
  for (size_t n = 0; (n = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) text.append(buffer.data(), n);
  const int status = pclose(pipe);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw std::runtime_error("failed: " + command);
  return text;
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "lockstep_oracle_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::vector<float> ReadFloats(const fs::path& file) {
  std::vector<float> values(fs::file_size(file) / sizeof(float));
  std::ifstream stream(file, std::ios::binary);
  stream.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(float)));
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  return values;
}

}  // namespace

std::string Fetch(const std::string& script) {
  std::string path = OutputOf(Quoted(std::string(LOCKSTEP_SCRIPTS) + "/" + script));
  while (!path.empty() && path.back() == '\n') path.pop_back();
  return path;
}

namespace {

void WriteFloats(const fs::path& file, const std::vector<float>& values) {
  std::ofstream stream(file, std::ios::binary);
  stream.write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(float)));
  stream.close();
  if (!stream) throw std::runtime_error("cannot write " + file.string());
}

// The job as ort_run.js takes it; its tensors go to `folder`.
nlohmann::json Describe(const OracleJob& job, const fs::path& folder) {
  fs::create_directory(folder);
  nlohmann::json described = {{"model", job.model}, {"outputDir", folder.string()}};
  for (const auto& [name, tensor] : job.inputs) {
    const fs::path file = folder / ("input_" + std::to_string(described["inputs"].size()) + ".bin");
    WriteFloats(file, tensor.data);
    nlohmann::json input = {{"name", name}, {"shape", tensor.shape}, {"file", file.string()}};
    const auto type = job.types.find(name);
    if (type != job.types.end()) input["type"] = type->second;
    described["inputs"].push_back(std::move(input));
  }
  return described;
}

std::vector<OracleResult> RunJobs(const std::vector<OracleJob>& jobs, const OracleOptions& options) {
  const TemporaryFolder folder;
  nlohmann::json described = nlohmann::json::array();
  for (size_t i = 0; i < jobs.size(); ++i) described.push_back(Describe(jobs[i], folder.path() / std::to_string(i)));
  const fs::path list = folder.path() / "jobs.json";
  std::ofstream(list) << described;
  const std::string command = "node " + Quoted(LOCKSTEP_ORT_RUN) + " --package " +
                              Quoted(Fetch("fetch_onnxruntime.sh")) + " --jobs " + Quoted(list.string()) +
                              " --threads " + std::to_string(options.threads) + " --time " +
                              std::to_string(options.timed_runs);
  const auto report = nlohmann::json::parse(OutputOf(command));
  std::vector<OracleResult> results;
  for (const auto& run : report.at("runs")) {
    OracleResult& result = results.emplace_back();
    const fs::path outputs = folder.path() / std::to_string(results.size() - 1);
    for (const auto& output : run.at("outputs")) {
      result.outputs[output.at("name")] = {output.at("shape").get<graph::Shape>(),
                                           ReadFloats(outputs / output.at("file").get<std::string>())};
    }
    result.milliseconds = run.at("milliseconds").get<std::vector<double>>();
  }
  return results;
}

}  // namespace

std::vector<OracleResult> RunOnnxRuntime(const std::vector<OracleJob>& jobs) { return RunJobs(jobs, {}); }

OracleResult RunOnnxRuntime(const std::string& model, const std::map<std::string, engine::FloatTensor>& inputs,
                            const OracleOptions& options) {
  return RunJobs({{model, inputs}}, options)[0];
}

}  // namespace lockstep::oracle
