// Runs the `lockstep` that was built beside the tests.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "boards/process.h"
#include "support/temporary_test_folder.h"

namespace lockstep::testing {

// `lockstep run NETWORK MODEL --json`: a model that is computed in floats gives what the network gives, up to rounding.
inline void ExpectFloatsAgree(const std::string& json) {
  constexpr double kPartOfRange = 1e-4;
  size_t compared = 0;
  const nlohmann::json result = nlohmann::json::parse(json);
  for (const auto& run : result.at("runs")) {
    const auto& outputs = run.at("models").at(0).at("outputs");
    const auto& agreement = run.at("agreement");
    ASSERT_EQ(agreement.size(), outputs.size());
    for (size_t i = 0; i < outputs.size(); ++i, ++compared) {
      const double range = outputs[i].at("max").get<double>() - outputs[i].at("min").get<double>();
      EXPECT_GT(range, 0.0) << outputs[i];
      const double allowed = outputs[i].at("dtype") == "s64" ? 0.0 : kPartOfRange * range;
      EXPECT_LE(agreement[i].at("max_abs").get<double>(), allowed) << agreement[i] << outputs[i];
    }
  }
  EXPECT_GT(compared, 0U);
}

// Layers against the float engine, whose difference is what all layers so far left: half a step each, more or less of
// it behind weights. The layers in front of one of 16 bits have 8, and so their steps are what counts. Returns how many
// were compared.
inline int ExpectFewSteps(const nlohmann::json& layers, double most) {
  int compared = 0;
  for (const auto& layer : layers) {
    if (layer.at("dtype") == "f32" || !layer.at("max_steps").is_number()) continue;
    ++compared;
    EXPECT_LE(layer.at("max_steps").get<double>(), layer.at("dtype") == "u16" ? 256.0 * most : most) << layer;
  }
  return compared;
}

class CommandLineTest : public FolderTest {
 protected:
  boards::ProcessResult Lockstep(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), LOCKSTEP_PROGRAM);
    return boards::RunProcess(arguments, {}, std::chrono::seconds(240));
  }

  // After what a shell does first: "ulimit -f 100".
  boards::ProcessResult LockstepUnder(const std::string& first, const std::vector<std::string>& arguments) const {
    std::vector<std::string> shell = {"bash", "-c", first + R"( && exec "$@")", "bash", LOCKSTEP_PROGRAM};
    shell.insert(shell.end(), arguments.begin(), arguments.end());
    return boards::RunProcess(shell, {}, std::chrono::seconds(240));
  }

  // What every failure must look like: the status, a message that contains each of `words`, nothing written.
  void ExpectError(const std::vector<std::string>& arguments, int status, const std::vector<std::string>& words) const {
    const std::vector<std::string> before = FilesAndFolders();
    const boards::ProcessResult result = Lockstep(arguments);
    std::string command;
    for (const std::string& argument : arguments) command += " " + argument;
    EXPECT_EQ(result.status, status) << command << "\n" << result.err;
    const bool marked = result.err.rfind("lockstep: ", 0) == 0 || result.err.find("\nlockstep: ") != std::string::npos;
    EXPECT_TRUE(marked) << command << "\n" << result.err;
    for (const std::string& word : words)
      EXPECT_NE(result.err.find(word), std::string::npos) << word << "\n" << result.err;
    EXPECT_EQ(FilesAndFolders(), before) << command << " left something behind";
  }
};

}  // namespace lockstep::testing
