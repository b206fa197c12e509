// Every number against plain loops over the reference engine's layers, which share nothing with what `Analyze` runs.
#include "layerwise/analysis.h"

#include <gtest/gtest.h>

#include <cmath>

#include "built_network.h"
#include "dump/values.h"
#include "engine/reference/layer_table.h"
#include "engine/reference/reference_engine.h"
#include "graph/error.h"
#include "layerwise/render.h"

namespace lockstep::layerwise {
namespace {

using Bytes = std::vector<uint8_t>;

class AnalysisTest : public BuiltNetwork {};

double Sqnr(const std::vector<float>& truth, const std::vector<double>& measured) {
  double signal = 0.0;
  double noise = 0.0;
  for (size_t i = 0; i < truth.size(); ++i) {
    signal += std::pow(static_cast<double>(truth[i]), 2);
    noise += std::pow(static_cast<double>(truth[i]) - measured[i], 2);
  }
  return 10.0 * std::log10(signal / noise);
}

// visit(place in ONNX order, place in memory) for every element.
template <typename Visit>
void ForEachByPlace(const joint::Tensor& tensor, Visit visit) {
  const auto& shape = *tensor.shape();
  const size_t rank = shape.size();
  const auto onnx_axis = [&](size_t i) {
    return tensor.axes() != nullptr && tensor.axes()->size() == rank ? tensor.axes()->Get(static_cast<uint32_t>(i)) : i;
  };
  std::vector<size_t> extents(rank);
  size_t count = 1;
  for (size_t i = 0; i < rank; ++i) {
    extents[onnx_axis(i)] = static_cast<size_t>(shape.Get(static_cast<uint32_t>(i)));
    count *= extents[onnx_axis(i)];
  }
  for (size_t place = 0; place < count; ++place) {
    std::vector<size_t> at(rank);
    size_t left = place;
    for (size_t i = rank; i-- > 0;) {
      at[onnx_axis(i)] = left % extents[onnx_axis(i)];
      left /= extents[onnx_axis(i)];
    }
    size_t onnx = 0;
    for (size_t axis = 0; axis < rank; ++axis) onnx = onnx * extents[axis] + at[axis];
    visit(onnx, place);
  }
}

// 16 bits come close to what a float32 has.
double ToleranceOf(double sqnr) { return sqnr > 60.0 ? 1.0 : 1e-3; }

int StoredAt(const joint::Tensor& tensor, const uint8_t* bytes, size_t place) {
  return tensor.dtype() == joint::DType::U8 ? bytes[place] : bytes[2 * place] + 256 * bytes[2 * place + 1];
}

std::vector<double> Reals(const joint::Tensor& tensor, const uint8_t* bytes) {
  std::vector<double> values(tensor.bytes() / (tensor.dtype() == joint::DType::U8 ? 1 : 2));
  ForEachByPlace(tensor, [&](size_t onnx, size_t place) {
    values[onnx] = static_cast<double>(tensor.quantization()->scale()->Get(0)) *
                   (StoredAt(tensor, bytes, place) - tensor.quantization()->zero_point()->Get(0));
  });
  return values;
}

Bytes Quantised(const joint::Tensor& tensor, const std::vector<float>& values) {
  Bytes bytes(tensor.bytes());
  ForEachByPlace(tensor, [&](size_t onnx, size_t place) {
    const double scale = static_cast<double>(tensor.quantization()->scale()->Get(0));
    const double level =
        std::floor(static_cast<double>(values[onnx]) / scale + tensor.quantization()->zero_point()->Get(0) + 0.5);
    const int stored = static_cast<int>(std::min(std::max(level, 0.0), std::exp2(tensor.quantization()->bits()) - 1.0));
    bytes[tensor.dtype() == joint::DType::U8 ? place : 2 * place] = static_cast<uint8_t>(stored % 256);
    if (tensor.dtype() == joint::DType::U16) bytes[2 * place + 1] = static_cast<uint8_t>(stored / 256);
  });
  return bytes;
}

TEST_F(AnalysisTest, EveryNumberAgreesWithPlainLoops) {
  Build(testing::SmallDetector());
  const AnalyzeOptions options = Options(1);
  const Analysis analysis = Analysed(options);
  const joint::Model& model = both_.model();
  const std::vector<Bytes> inputs = input::JointInputs(model, options.items[0]);

  engine::FloatEngineOptions float_options;
  float_options.observe_all = true;
  engine::FloatEngine floats(both_.graph, float_options);
  std::map<std::string, std::vector<float>> truth;
  floats.Run(input::FloatInputsOf(model, inputs, both_.graph),
             [&](const std::string& name, const graph::Shape& shape, const float* data) {
               truth[name].assign(data, data + graph::ElementCount(shape));
             });
  std::map<int32_t, Bytes> whole;
  engine::ReferenceEngine(model).Run(
      inputs, [&](int, int output, const joint::Layer& layer, const joint::Tensor& tensor, const uint8_t* data) {
        whole[layer.outputs()->Get(static_cast<uint32_t>(output))].assign(data, data + tensor.bytes());
      });

  std::map<int32_t, Bytes> alone;
  alone[model.inputs()->Get(0)->tensor()] = inputs[0];
  int compared = 0;
  for (const joint::Layer* layer : *model.layers()) {
    engine::LayerRun run = engine::DescribeRun(model, *layer);
    std::vector<Bytes> given;
    for (size_t i = 0; i < run.inputs.size(); ++i) {
      const int32_t index = layer->inputs()->Get(static_cast<uint32_t>(i));
      const joint::Tensor& tensor = *run.inputs[i].tensor;
      if (tensor.constant() >= 0) {
        run.inputs[i] = engine::ConstantOperand(model, index);
        given.emplace_back();
        continue;
      }
      const auto values = truth.find(tensor.name()->str());
      const bool fits = values != truth.end() && tensor.dtype() != joint::DType::F32 && !alone.at(index).empty() &&
                        index != model.inputs()->Get(0)->tensor();
      given.push_back(fits ? Quantised(tensor, values->second) : alone.at(index));
      run.inputs[i].data = given.back().data();
    }
    std::vector<Bytes> made;
    for (engine::Result& output : run.outputs) made.emplace_back(output.tensor->bytes());
    for (size_t i = 0; i < made.size(); ++i) run.outputs[i].data = made[i].data();
    engine::OperatorOf(layer->options_type()).run(run);
    for (size_t i = 0; i < made.size(); ++i) {
      const int32_t index = layer->outputs()->Get(static_cast<uint32_t>(i));
      alone[index] = made[i];
      const joint::Tensor& tensor = *run.outputs[i].tensor;
      const auto row = std::find_if(analysis.rows.begin(), analysis.rows.end(),
                                    [&](const Row& one) { return one.joint_tensor == index; });
      if (row == analysis.rows.end() || tensor.dtype() == joint::DType::F32 || row->saturates) continue;
      const RowMetrics& metrics = analysis.by_row[static_cast<size_t>(row - analysis.rows.begin())][0];
      const std::vector<float>& expected = truth.at(tensor.name()->str());
      const std::string name = layer->name()->str();
      const auto expect = [&](double measured, const Bytes& bytes) {
        EXPECT_NEAR(measured, Sqnr(expected, Reals(tensor, bytes.data())), ToleranceOf(measured)) << name;
      };
      expect(metrics.end_to_end.sqnr_db, whole.at(index));
      expect(metrics.alone.sqnr_db, made[i]);
      expect(metrics.rounded->sqnr_db, Quantised(tensor, expected));
      ++compared;
    }
  }
  EXPECT_GE(compared, 20);
}

TEST_F(AnalysisTest, IntegersAndSimulationAgreeWithinASteps) {
  Build(testing::SmallDetector());
  const Analysis analysis = Analysed(Options());
  int compared = 0;
  for (size_t i = 0; i < analysis.rows.size(); ++i) {
    for (const RowMetrics& metrics : analysis.by_row[i]) {
      if (!metrics.apart || !analysis.rows[i].levels) continue;
      EXPECT_LE(metrics.apart->max_steps, 1.01) << analysis.rows[i].layer.name;
      // Half a step of a table's input may be several of its output; few elements are so.
      EXPECT_NEAR(metrics.alone.sqnr_db, metrics.alone_reference->sqnr_db, 0.3) << analysis.rows[i].layer.name;
      ++compared;
    }
  }
  EXPECT_GE(compared, 40);
  for (const auto& [name, pictures] : analysis.outputs) {
    EXPECT_NEAR(pictures[0].integer.sqnr_db, pictures[0].reference.sqnr_db, 3.0) << name;
    EXPECT_GT(pictures[0].apart.sqnr_db, pictures[0].integer.sqnr_db) << name;
  }
}

// Values in front of tables per channel and behind them are rounded channel by channel, as the layers do it.
TEST_F(AnalysisTest, ScalesOfChannelsAreSimulated) {
  Build(testing::SmallMobileNetwork());
  const Analysis analysis = Analysed(Options());
  int channels = 0;
  for (size_t i = 0; i < analysis.rows.size(); ++i) {
    for (const RowMetrics& metrics : analysis.by_row[i]) {
      if (!metrics.apart || !analysis.rows[i].levels) continue;
      EXPECT_NEAR(metrics.end_to_end.sqnr_db, metrics.end_to_end_reference->sqnr_db, 0.5)
          << analysis.rows[i].layer.name;
      // By itself a layer of tables is fed with what is in front of them, where the weights' rounding has not been.
      const bool tables = analysis.rows[i].layer.op == "ChannelLookup";
      if (!tables) {
        EXPECT_NEAR(metrics.alone.sqnr_db, metrics.alone_reference->sqnr_db, 0.3) << analysis.rows[i].layer.name;
      }
      channels += analysis.rows[i].levels->has_channel_scales() ? 1 : 0;
    }
  }
  EXPECT_GE(channels, 3);
}

TEST_F(AnalysisTest, TheSameForAnyNumberOfThreads) {
  Build(testing::SmallDetector());
  AnalyzeOptions options = Options(4);
  options.threads = 1;
  const std::string one = ToJson(Analysed(options));
  options.threads = 3;
  EXPECT_EQ(ToJson(Analysed(options)), one);
}

// A range that is cut in front of a Sigmoid is no loss there; it would show behind it.
TEST_F(AnalysisTest, ClippingInFrontOfAFlatFunctionIsNoLoss) {
  testing::SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 3, 32, 32});
  std::vector<float> weights(12, 40.0F);
  const graph::TensorId wide =
      net.Add("Conv", {x, net.Floats({4, 3, 1, 1}, weights), net.Floats({4}, {-60, -50, -40, -30})});
  const graph::TensorId other =
      net.Add("Conv", {x, net.Floats({4, 3, 1, 1}, weights), net.Floats({4}, {-55, -45, -35, -25})});
  Build(net.Finish({net.Add("Sigmoid", {net.Add("Concat", {wide, other}, {{"axis", int64_t{1}}})})}));
  const Analysis analysis = Analysed(Options(1));
  bool found = false;
  for (size_t i = 0; i < analysis.rows.size(); ++i) {
    if (!analysis.rows[i].saturates) continue;
    found = true;
    EXPECT_GT(analysis.by_row[i][0].beyond, 0.05) << analysis.rows[i].layer.name;
    EXPECT_GT(analysis.by_row[i][0].alone.sqnr_db, 30.0) << analysis.rows[i].layer.name;
  }
  EXPECT_TRUE(found);
}

TEST_F(AnalysisTest, AFolderWithoutAModelAndANetworkOfAnother) {
  EXPECT_THROW(OpenModelAndNetwork(Path(""), ""), Error);
  Build(testing::SmallDetector());
  importer::ExportOnnx(testing::SmallDetector(), Path("other.onnx").string());
  WriteText(Path("other.onnx"), ReadText(Path("other.onnx")) + " ");
  EXPECT_THROW(OpenModelAndNetwork(Path("out"), Path("other.onnx")), Error);
}

}  // namespace
}  // namespace lockstep::layerwise
