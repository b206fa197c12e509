// A measurement re-runs what lies behind a node; here it is compared with running whole networks, and goes on after an
// interruption.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "brute_force.h"
#include "optimize/optimize.h"
#include "quantize/quantize.h"
#include "sensitivity/render.h"
#include "sensitivity/sensitivity.h"
#include "sensitivity/trial_store.h"
#include "support/small_detector.h"
#include "support/temporary_test_folder.h"

namespace lockstep::sensitivity {
namespace {

using quantize::CalibrationInput;
using quantize::QuantizedGraph;

std::vector<CalibrationInput> Pictures(const graph::Graph& graph, int count, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<CalibrationInput> pictures;
  for (int i = 0; i < count; ++i) {
    CalibrationInput picture;
    picture.label = "noise " + std::to_string(i);
    for (const graph::TensorId id : graph.inputs) {
      const graph::Tensor& tensor = graph.tensor(id);
      std::uniform_real_distribution<float> uniform(0.0F, 1.0F);
      engine::FloatTensor values{tensor.shape,
                                 std::vector<float>(static_cast<size_t>(graph::ElementCount(tensor.shape)))};
      for (float& value : values.data) value = uniform(random);
      picture.tensors[tensor.name] = std::move(values);
    }
    pictures.push_back(std::move(picture));
  }
  return pictures;
}

class ListSource : public quantize::CalibrationSource {
 public:
  explicit ListSource(std::vector<CalibrationInput> pictures) : pictures_(std::move(pictures)) {}
  int size() const override { return static_cast<int>(pictures_.size() - next_); }
  std::optional<CalibrationInput> Next() override {
    if (next_ == pictures_.size()) return std::nullopt;
    return pictures_[next_++];
  }
  std::string Digest() const override { return "digest"; }

 private:
  std::vector<CalibrationInput> pictures_;
  size_t next_ = 0;
};

constexpr int kPictures = 3;

class SensitivityOrderTest : public testing::FolderTest {
 protected:
  SensitivityOrderTest() {
    graph::Graph graph = testing::SmallDetector();
    optimize::Optimize(graph);
    quantize::QuantizeOptions options;
    options.threads = 1;
    ListSource source(Pictures(graph, 4, 1));
    quantized_ = quantize::Quantize(graph, options, source);
    pictures_ = Pictures(graph, kPictures, 2);
  }

  std::vector<Trial> Measured(TrialStore* store, int threads, const Progress& progress = nullptr) const {
    ListSource source(pictures_);
    Options options;
    options.threads = threads;
    options.store = store;
    return Measure(quantized_, source, options, progress);
  }
  TrialStore Store(const std::string& network = "network") const {
    return {Path("s.sensitivity"), network, quantized_};
  }

  QuantizedGraph quantized_;
  std::vector<CalibrationInput> pictures_;
};

TEST_F(SensitivityOrderTest, IsThatOfRunningTheWholeNetworkForEachNode) {
  std::vector<Trial> measured = Measured(nullptr, 2);
  std::vector<Trial> expected = MeasureByBruteForce(quantized_, pictures_);
  ASSERT_EQ(measured.size(), expected.size());
  ASSERT_GE(measured.size(), 8U);
  constexpr double kTolerance = 0.05;  // dB; float32 may round a few values to the other side
  for (size_t i = 0; i < measured.size(); ++i) {
    EXPECT_EQ(measured[i].node, expected[i].node);
    ASSERT_EQ(measured[i].outputs.size(), expected[i].outputs.size());
    for (const auto& [part, metrics] : expected[i].outputs) {
      const double sqnr = measured[i].outputs.at(part).sqnr_db;
      if (std::isinf(metrics.sqnr_db)) {
        EXPECT_EQ(sqnr, metrics.sqnr_db) << expected[i].node << " " << part;
      } else {
        EXPECT_NEAR(sqnr, metrics.sqnr_db, kTolerance) << expected[i].node << " " << part;
      }
    }
  }
  for (const char* metric : {"sqnr", "cosine", "mse"}) {
    View view;
    view.metrics = {analyze::MetricNamed(metric)};
    SortWorstFirst(measured, view);
    SortWorstFirst(expected, view);
    for (size_t i = 0; i < measured.size(); ++i) EXPECT_EQ(measured[i].node, expected[i].node) << metric << " " << i;
  }
}

TEST_F(SensitivityOrderTest, GoesOnAfterAnInterruption) {
  struct Interrupted {};
  const std::vector<Trial> whole = Measured(nullptr, 2);
  const int all = kPictures * static_cast<int>(whole.size());
  const int before = static_cast<int>(whole.size()) + 3;  // in the second picture
  {
    TrialStore store = Store();
    EXPECT_THROW(Measured(&store, 1,
                          [&](int done, int) {
                            if (done == before) throw Interrupted();
                          }),
                 Interrupted);
  }
  for (const auto& [known, computed] : {std::pair{before, all - before}, std::pair{all, 0}}) {
    TrialStore store = Store();
    int calls = 0;
    const std::vector<Trial> rest = Measured(&store, 2, [&](int done, int total) {
      EXPECT_GT(done, before);
      EXPECT_EQ(total, all);
      ++calls;
    });
    EXPECT_EQ(store.found(), known);
    EXPECT_EQ(calls, computed);
    EXPECT_EQ(ToJson(rest), ToJson(whole));
  }
}

TEST_F(SensitivityOrderTest, WhatWasKeptOfAnotherMeasurementDoesNotCount) {
  const auto found = [&](const std::string& network) {
    TrialStore store = Store(network);
    Measured(&store, 1);
    return store.found();
  };
  EXPECT_EQ(found("network"), 0);
  const int all = found("network");
  EXPECT_GT(all, 0);
  EXPECT_EQ(found("other network"), 0);
  pictures_[1].tensors.begin()->second.data[7] += 0.25F;
  EXPECT_EQ(found("network"), all / kPictures * (kPictures - 1)) << "two of three pictures are the same";
  quantized_.formats.at(quantized_.graph.nodes[0].outputs[0]).scales[0] *= 2.0;
  EXPECT_EQ(found("network"), 0);
}

}  // namespace
}  // namespace lockstep::sensitivity
