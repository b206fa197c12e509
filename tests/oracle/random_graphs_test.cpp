// The float engine and the optimiser against ONNX Runtime, on random networks. LOCKSTEP_RANDOM_GRAPHS: how many.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "files/temporary_folder.h"
#include "onnx_runtime.h"
#include "random_count.h"
#include "random_model.h"
#include "selected_rows.h"
#include "shrink.h"

namespace lockstep::oracle {
namespace {

// The first element of an output that differs, in words; empty if none does.
std::string Difference(const test::RandomModel& model, const OracleResult& result) {
  const auto ours = engine::FloatEngine(model.optimised, {}).Run(model.inputs);
  if (result.outputs.size() != ours.size()) return "another number of outputs";
  for (const auto& [name, expected] : result.outputs) {
    const std::string different = test::DifferenceOf(WithoutPadding(ours.at(name), expected.shape), expected);
    if (!different.empty()) return "output '" + name + "': " + different;
  }
  return {};
}

// One process of ONNX Runtime.
void CompareSeeds(uint32_t first, uint32_t last) {
  const files::TemporaryFolder folder;
  std::vector<test::RandomModel> models;
  std::vector<OracleJob> jobs;
  for (uint32_t seed = first; seed < last; ++seed) {
    models.push_back(test::MakeRandomModel(seed));
    jobs.push_back({folder.path() / ("random" + std::to_string(seed) + ".onnx"), models.back().inputs});
    std::ofstream(jobs.back().model, std::ios::binary) << models.back().onnx;
  }
  const std::vector<OracleResult> results = RunOnnxRuntime(jobs);
  ASSERT_EQ(results.size(), models.size());
  for (size_t i = 0; i < models.size(); ++i) {
    const uint32_t seed = first + static_cast<uint32_t>(i);
    const std::string different = Difference(models[i], results[i]);
    EXPECT_EQ(different, "") << test::SaveSmallest(seed, [&](const graph::Graph& graph) {
      const test::RandomModel smaller = test::MakeRandomModel(graph, seed);
      const std::string path = folder.path() / "smaller.onnx";
      std::ofstream(path, std::ios::binary) << smaller.onnx;
      return !Difference(smaller, RunOnnxRuntime(path, smaller.inputs)).empty();
    });
  }
}

TEST(RandomGraphs, FloatEngineGivesWhatOnnxRuntimeGives) {
  constexpr uint32_t kBatch = 50;
  const uint32_t last = test::RandomGraphCount(300) + 1;
  for (uint32_t seed = 1; seed < last && !HasFailure(); seed += kBatch) {
    CompareSeeds(seed, std::min(seed + kBatch, last));
  }
}

}  // namespace
}  // namespace lockstep::oracle
