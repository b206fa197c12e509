#include "ops/op_samples.h"

#include <functional>
#include <map>

#include "support/small_graph.h"

namespace lockstep::testing {
namespace {

using graph::kNoTensor;
using graph::TensorId;
using IntList = std::vector<int64_t>;
using Make = std::function<std::vector<TensorId>(SmallGraph&, TensorId x)>;

TensorId Bools(SmallGraph& g, const graph::Shape& shape) {
  return g.graph.AddTensor({g.graph.UniqueName("truth"), graph::ElementType::kBool, shape,
                            graph::ConstantData{{}, IntList(static_cast<size_t>(graph::ElementCount(shape)), 1)}});
}

TensorId Number(SmallGraph& g, int64_t value) {
  return g.graph.AddTensor(
      {g.graph.UniqueName("number"), graph::ElementType::kInt64, {}, graph::ConstantData{{}, {value}}});
}

TensorId Ints(SmallGraph& g, const graph::Shape& shape, int64_t value = 3) {
  return g.graph.AddTensor({g.graph.UniqueName("ints"), graph::ElementType::kInt64, shape,
                            graph::ConstantData{{}, IntList(static_cast<size_t>(graph::ElementCount(shape)), value)}});
}

void AddIntegerSamples(std::map<std::string, Make>& samples) {
  samples["BitShift"] = [](SmallGraph& g, TensorId) {
    return std::vector{g.Add("BitShift", {Ints(g, {2, 3}), Ints(g, {3})}, {{"direction", std::string("LEFT")}})};
  };
  samples["ConvInteger"] = [](SmallGraph& g, TensorId) {
    return std::vector{
        g.Add("ConvInteger", {Ints(g, {1, 2, 4, 4}), Ints(g, {3, 2, 2, 2}), Number(g, 1), Ints(g, {3})})};
  };
  samples["MatMulInteger"] = [](SmallGraph& g, TensorId) {
    return std::vector{g.Add("MatMulInteger", {Ints(g, {2, 3}), Ints(g, {3, 4}), Ints(g, {2}), Ints(g, {4})})};
  };
  samples["QLinearConv"] = [](SmallGraph& g, TensorId) {
    return std::vector{g.Add("QLinearConv",
                             {Ints(g, {1, 2, 4, 4}), g.Scalar(0.1F), Number(g, 1), Ints(g, {3, 2, 2, 2}), g.Random({3}),
                              Ints(g, {3}), g.Scalar(0.2F), Number(g, 2), Ints(g, {3})},
                             {{"output_dtype", int64_t{2}}})};
  };
  samples["QLinearMatMul"] = [](SmallGraph& g, TensorId) {
    return std::vector{g.Add("QLinearMatMul",
                             {Ints(g, {2, 3}), g.Random({2}), Ints(g, {2}), Ints(g, {3, 4}), g.Random({4}),
                              Ints(g, {4}), g.Scalar(0.2F), Number(g, 2)},
                             {{"output_dtype", int64_t{3}}})};
  };
}

void AddRecurrentSamples(std::map<std::string, Make>& samples) {
  // 5 steps of 2 batches of 3 numbers, 4 hidden ones.
  const auto add = [&](const std::string& op, int64_t gates, size_t outputs) {
    samples[op] = [=](SmallGraph& g, TensorId) {
      return g.AddMany(op,
                       {g.Input("sequence", {5, 2, 3}), g.Random({1, gates * 4, 3}), g.Random({1, gates * 4, 4}),
                        g.Random({1, 2 * gates * 4}), Ints(g, {2}), g.Random({1, 2, 4})},
                       outputs);
    };
  };
  add("RNN", 1, 2);
  add("GRU", 3, 2);
  add("LSTM", 4, 3);
}

void AddSamplesOfBoxes(std::map<std::string, Make>& samples) {
  samples["GridSample"] = [](SmallGraph& g, TensorId x) {
    return std::vector{g.Add("GridSample", {x, g.Random({1, 2, 3, 2})})};
  };
  samples["RoiAlign"] = [](SmallGraph& g, TensorId x) {
    return std::vector{g.Add("RoiAlign", {x, g.Floats({1, 4}, {0, 0, 2, 3}), Ints(g, {1}, 0)},
                             {{"output_height", int64_t{2}}, {"output_width", int64_t{2}}})};
  };
  samples["NonMaxSuppression"] = [](SmallGraph& g, TensorId) {
    return std::vector{g.Add("NonMaxSuppression",
                             {g.Random({1, 5, 4}), g.Random({1, 2, 5}), Number(g, 3), g.Scalar(0.5F), g.Scalar(0.1F)})};
  };
}

void AddSamplesOfLosses(std::map<std::string, Make>& samples) {
  samples["NegativeLogLikelihoodLoss"] = [](SmallGraph& g, TensorId x) {
    return std::vector{g.Add("NegativeLogLikelihoodLoss", {x, Ints(g, {1, 4, 6}), g.Random({4})})};
  };
  samples["SoftmaxCrossEntropyLoss"] = [](SmallGraph& g, TensorId x) {
    return g.AddMany("SoftmaxCrossEntropyLoss", {x, Ints(g, {1, 4, 6}), g.Random({4})}, 2);
  };
}

void AddSamplesByIndex(std::map<std::string, Make>& samples) {
  samples["Compress"] = [](SmallGraph& g, TensorId x) {
    return std::vector{g.Add("Compress", {x, Bools(g, {3})}, {{"axis", int64_t{3}}})};
  };
  samples["Einsum"] = [](SmallGraph& g, TensorId) {
    return std::vector{g.Add("Einsum", {g.Random({2, 3}), g.Random({3, 4})}, {{"equation", std::string("ij,jk->ik")}})};
  };
  samples["EyeLike"] = [](SmallGraph& g, TensorId) { return std::vector{g.Add("EyeLike", {g.Random({3, 4})})}; };
  samples["If"] = [](SmallGraph& g, TensorId x) {
    return std::vector{g.Add("If", {Bools(g, {}), x, g.Random({1, 4, 4, 6})})};
  };
  samples["OneHot"] = [](SmallGraph& g, TensorId) {
    return std::vector{g.Add("OneHot", {Ints(g, {2, 3}), Number(g, 5), g.Floats({2}, {0, 1})})};
  };
  samples["ReverseSequence"] = [](SmallGraph& g, TensorId) {
    return std::vector{g.Add("ReverseSequence", {g.Random({4, 2, 3}), Ints(g, {2})})};
  };
}

// x is 1x4x4x6.
std::map<std::string, Make> Samples() {
  std::map<std::string, Make> samples;
  for (const std::string op : {"Add", "Sub", "Mul", "Div", "Mod", "Pow", "PRelu", "Equal", "Less", "LessOrEqual",
                               "Greater", "GreaterOrEqual", "Min", "Max", "Sum", "Mean"}) {
    samples[op] = [op](SmallGraph& g, TensorId x) { return std::vector{g.Add(op, {x, g.Random({4, 1, 1})})}; };
  }
  for (const std::string op : {"And", "Or", "Xor"}) {
    samples[op] = [op](SmallGraph& g, TensorId) { return std::vector{g.Add(op, {Bools(g, {2, 3}), Bools(g, {3})})}; };
  }
  for (const std::string op : {"MaxPool", "AveragePool", "LpPool"}) {
    samples[op] = [op](SmallGraph& g, TensorId x) {
      return std::vector{g.Add(op, {x}, {{"kernel_shape", IntList{2, 2}}, {"pads", IntList{1, 0, 0, 1}}})};
    };
  }
  samples["Not"] = [](SmallGraph& g, TensorId) { return std::vector{g.Add("Not", {Bools(g, {2, 3})})}; };
  samples["Where"] = [](SmallGraph& g, TensorId x) {
    return std::vector{g.Add("Where", {Bools(g, {6}), x, g.Scalar(1.0F)})};
  };
  samples["BatchNormalization"] = [](SmallGraph& g, TensorId x) {
    return std::vector{
        g.Add("BatchNormalization", {x, g.Random({4}), g.Random({4}), g.Random({4}), g.Random({4}, 1.0F, 2.0F)})};
  };
  samples["GroupNormalization"] = [](SmallGraph& g, TensorId x) {
    return std::vector{g.Add("GroupNormalization", {x, g.Random({4}), g.Random({4})}, {{"num_groups", int64_t{2}}})};
  };
  samples["InstanceNormalization"] = [](SmallGraph& g, TensorId x) {
    return std::vector{g.Add("InstanceNormalization", {x, g.Random({4}), g.Random({4})})};
  };
  samples["LayerNormalization"] = [](SmallGraph& g, TensorId x) {
    return std::vector{g.Add("LayerNormalization", {x, g.Random({6}), g.Random({6})})};
  };
  samples["LRN"] = [](SmallGraph& g, TensorId x) { return std::vector{g.Add("LRN", {x}, {{"size", int64_t{3}}})}; };
  samples["Clip"] = [](SmallGraph& g, TensorId x) {
    return std::vector{g.Add("Clip", {x, g.Scalar(0.0F), g.Scalar(1.0F)})};
  };
  samples["Concat"] = [](SmallGraph& g, TensorId x) {
    return std::vector{g.Add("Concat", {x, x}, {{"axis", int64_t{1}}})};
  };
  samples["ConstantOfShape"] = [](SmallGraph& g, TensorId) {
    return std::vector{g.Add("ConstantOfShape", {g.Ints({2, 3})})};
  };
  samples["Conv"] = [](SmallGraph& g, TensorId x) { return std::vector{g.Conv(x, 4, 4, 3)}; };
  samples["ConvTranspose"] = [](SmallGraph& g, TensorId x) {
    return std::vector{
        g.Add("ConvTranspose", {x, g.Random({4, 2, 2, 2}), g.Random({2})}, {{"strides", IntList{2, 2}}})};
  };
  samples["CumSum"] = [](SmallGraph& g, TensorId x) { return std::vector{g.Add("CumSum", {x, Number(g, 1)})}; };
  for (const std::string op : {"DepthToSpace", "SpaceToDepth"}) {
    samples[op] = [op](SmallGraph& g, TensorId x) { return std::vector{g.Add(op, {x}, {{"blocksize", int64_t{2}}})}; };
  }
  samples["Expand"] = [](SmallGraph& g, TensorId x) { return std::vector{g.Add("Expand", {x, g.Ints({2, 1, 1, 1})})}; };
  samples["Tile"] = [](SmallGraph& g, TensorId x) { return std::vector{g.Add("Tile", {x, g.Ints({1, 2, 1, 1})})}; };
  samples["Gather"] = [](SmallGraph& g, TensorId x) {
    return std::vector{g.Add("Gather", {x, g.Ints({0, -1})}, {{"axis", int64_t{1}}})};
  };
  samples["GatherElements"] = [](SmallGraph& g, TensorId) {
    return std::vector{g.Add("GatherElements", {g.Random({4}), g.Ints({0, 3})})};
  };
  samples["GatherND"] = [](SmallGraph& g, TensorId x) { return std::vector{g.Add("GatherND", {x, g.Ints({0, 3})})}; };
  samples["ScatterElements"] = [](SmallGraph& g, TensorId) {
    return std::vector{g.Add("ScatterElements", {g.Random({4}), g.Ints({0, 3}), g.Random({2})})};
  };
  samples["ScatterND"] = [](SmallGraph& g, TensorId x) {
    return std::vector{g.Add("ScatterND", {x, g.Ints({0, 1}), g.Random({4, 6})})};
  };
  samples["Gemm"] = [](SmallGraph& g, TensorId) {
    return std::vector{g.Add("Gemm", {g.Input("m", {2, 3}), g.Random({3, 4}), g.Random({4})})};
  };
  samples["MatMul"] = [](SmallGraph& g, TensorId x) { return std::vector{g.Add("MatMul", {x, g.Random({6, 5})})}; };
  samples["Pad"] = [](SmallGraph& g, TensorId x) {
    return std::vector{g.Add("Pad", {x, g.Ints({0, 0, 1, 1, 0, 0, 1, 2})})};
  };
  samples["Range"] = [](SmallGraph& g, TensorId) {
    return std::vector{g.Add("Range", {Number(g, 1), Number(g, 9), Number(g, 2)})};
  };
  samples["Reshape"] = [](SmallGraph& g, TensorId x) { return std::vector{g.Add("Reshape", {x, g.Ints({0, -1, 2})})}; };
  samples["Resize"] = [](SmallGraph& g, TensorId x) {
    return std::vector{g.Add("Resize", {x, kNoTensor, g.Floats({4}, {1, 1, 2, 2})})};
  };
  samples["Slice"] = [](SmallGraph& g, TensorId x) {
    return std::vector{g.Add("Slice", {x, g.Ints({1}), g.Ints({3}), g.Ints({2}), g.Ints({1})})};
  };
  samples["Split"] = [](SmallGraph& g, TensorId x) {
    return g.AddMany("Split", {x, g.Ints({1, 3})}, 2, {{"axis", int64_t{1}}});
  };
  samples["Squeeze"] = [](SmallGraph& g, TensorId x) { return std::vector{g.Add("Squeeze", {x, g.Ints({0})})}; };
  samples["Unsqueeze"] = [](SmallGraph& g, TensorId x) { return std::vector{g.Add("Unsqueeze", {x, g.Ints({1})})}; };
  samples["TopK"] = [](SmallGraph& g, TensorId x) { return g.AddMany("TopK", {x, g.Ints({2})}, 2); };
  samples["DequantizeLinear"] = [](SmallGraph& g, TensorId) {
    return std::vector{
        g.Add("DequantizeLinear", {g.Ints({1, -2, 3}), g.Random({3}), g.Ints({0, 1, 2})}, {{"axis", int64_t{0}}})};
  };
  samples["QuantizeLinear"] = [](SmallGraph& g, TensorId x) {
    return std::vector{g.Add("QuantizeLinear", {x, g.Floats({4}, {0.1F, 0.2F, 0.3F, 0.4F}), g.Ints({0, 1, 2, 3})},
                             {{"output_dtype", int64_t{3}}})};
  };
  samples["DynamicQuantizeLinear"] = [](SmallGraph& g, TensorId x) {
    return g.AddMany("DynamicQuantizeLinear", {x}, 3);
  };
  AddIntegerSamples(samples);
  AddRecurrentSamples(samples);
  AddSamplesOfBoxes(samples);
  AddSamplesOfLosses(samples);
  AddSamplesByIndex(samples);
  samples["Cast"] = [](SmallGraph& g, TensorId x) { return std::vector{g.Add("Cast", {x}, {{"to", int64_t{7}}})}; };
  return samples;
}

}  // namespace

graph::Graph SampleOf(const std::string& op) {
  static const std::map<std::string, Make> kSamples = Samples();
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 4, 4, 6});
  const auto found = kSamples.find(op);
  const std::vector<TensorId> outputs =
      found == kSamples.end() ? std::vector{small.Add(op, {x})} : found->second(small, x);
  return small.Finish(outputs);
}

}  // namespace lockstep::testing
