// The float engine and the optimiser against ONNX Runtime, on random networks. LOCKSTEP_RANDOM_GRAPHS: how many.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "files/temporary_folder.h"
#include "onnx_runtime.h"
#include "random_count.h"
#include "random_model.h"

namespace lockstep::oracle {
namespace {

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
    const auto ours = engine::FloatEngine(models[i].optimised, {}).Run(models[i].inputs);
    ASSERT_EQ(results[i].outputs.size(), ours.size());
    for (const auto& [name, expected] : results[i].outputs) {
      EXPECT_EQ(test::DifferenceOf(ours.at(name), expected), "") << "seed " << first + i << ", output '" << name << "'";
    }
  }
}

TEST(RandomGraphs, FloatEngineGivesWhatOnnxRuntimeGives) {
  constexpr uint32_t kBatch = 50;
  const uint32_t last = test::RandomGraphCount(150) + 1;
  for (uint32_t seed = 1; seed < last && !HasFailure(); seed += kBatch) {
    CompareSeeds(seed, std::min(seed + kBatch, last));
  }
}

}  // namespace
}  // namespace lockstep::oracle
