#include "agreement.h"

#include <gtest/gtest.h>

#include <fstream>

#include "difference.h"
#include "files/temporary_folder.h"
#include "import/onnx_import.h"
#include "onnx_runtime.h"
#include "optimize/optimize.h"
#include "support/plain_evaluator.h"

namespace lockstep::oracle {
namespace {

void ExpectSameValues(const graph::Graph& graph, const OracleJob& job, const OracleResult& result, double bound) {
  testing::PlainTensors inputs;
  for (const auto& [name, given] : job.inputs) {
    inputs[name] = {given.shape, std::vector<double>(given.data.begin(), given.data.end())};
  }
  const testing::PlainTensors ours = testing::EvaluatePlain(graph, inputs);
  for (const auto& [name, expected] : result.outputs) {
    const testing::PlainTensor& tensor = ours.at(name);
    ASSERT_EQ(tensor.shape, expected.shape) << name;
    ASSERT_EQ(tensor.values.size(), expected.data.size()) << name;
    EXPECT_LE(LargestDifference(tensor.values, expected.data), bound) << name;
  }
}

}  // namespace

void ExpectSameValues(const std::vector<Comparison>& comparisons) {
  const files::TemporaryFolder folder;
  std::vector<OracleJob> jobs;
  for (const Comparison& one : comparisons) {
    jobs.push_back({folder.path() / (one.name + ".onnx"), one.inputs});
    std::ofstream(jobs.back().model, std::ios::binary) << one.onnx;
  }
  const std::vector<OracleResult> results = RunOnnxRuntime(jobs);
  ASSERT_EQ(results.size(), jobs.size());
  for (size_t i = 0; i < jobs.size(); ++i) {
    SCOPED_TRACE(comparisons[i].name);
    graph::Graph graph = importer::ImportOnnx(jobs[i].model, {});
    ExpectSameValues(graph, jobs[i], results[i], comparisons[i].bound);
    SCOPED_TRACE("optimised");
    optimize::Optimize(graph);
    ExpectSameValues(graph, jobs[i], results[i], comparisons[i].bound);
  }
}

}  // namespace lockstep::oracle
