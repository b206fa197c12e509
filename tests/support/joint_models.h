// Small valid joint models made by code, for the tests of every room, on the host and on targets.
//
// A NetworkBuilder appends layers with random but valid parameters; Finish() plans the arena and fills in what the
// whole model says about itself. The result is the object form, so that a test can damage it before writing it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "joint_generated.h"

namespace lockstep::test {

struct ConvShape {
  int oc = 8;
  int kernel_h = 3, kernel_w = 3;
  int stride_h = 1, stride_w = 1;
  int dilation_h = 1, dilation_w = 1;
  int pad_top = 1, pad_left = 1, pad_bottom = 1, pad_right = 1;
  int groups = 1;
  bool table = false;
  int table_bits = 8;  // of the values in front of the table
  joint::DType weight = joint::DType::S8;
  joint::DType output = joint::DType::U8;
};

class NetworkBuilder {
 public:
  explicit NetworkBuilder(uint64_t seed, const std::string& name = "small");

  // Tensors: the index is what the layers below take.
  int Input(const std::vector<int>& shape, float scale = 1.0F / 255, int zero_point = 0,
            joint::DType dtype = joint::DType::U8);
  int Constant(const std::vector<int>& shape, joint::DType dtype = joint::DType::U8);  // random bytes, scale 0.02
  void Output(int tensor);

  // Layers: each returns its output tensor.
  int Conv(int x, const ConvShape& shape);
  int DepthwiseConv(int x, const ConvShape& shape);  // oc and groups are x's channels
  // Dilation 1; pad_top and pad_left below the kernel. The output is `shape.pad_bottom` and `pad_right` shorter at its
  // ends.
  int ConvTranspose(int x, const ConvShape& shape);
  int MaxPool(int x, int kernel, int stride, int pad);
  // With padding, every second one divides by the number of elements in the input.
  int AveragePool(int x, int kernel, int stride, int pad, joint::DType dtype = joint::DType::U8);
  int Add(int a, int b, joint::DType dtype = joint::DType::U8);
  int Mul(int a, int b, joint::DType dtype = joint::DType::U8);
  int MatMul(int a, int b, joint::DType dtype = joint::DType::U8);
  int ReduceMean(int x, const std::vector<int>& axes, bool keep, joint::DType dtype = joint::DType::U8);
  int ReduceMax(int x, const std::vector<int>& axes, bool keep, bool smallest);
  int Maximum(int a, int b, bool smallest, joint::DType dtype = joint::DType::U8);
  int Gather(int x, int axis, const std::vector<int>& index, uint64_t fill = 0);
  // Slopes of S8 or S16, of the given shape.
  int PRelu(int x, const std::vector<int>& slopes, joint::DType slope, joint::DType dtype = joint::DType::U8);
  // Over the last `axes` axes.
  int LayerNormalization(int x, int axes, joint::DType dtype = joint::DType::U8);
  int Concat(const std::vector<int>& inputs, int axis, joint::DType dtype = joint::DType::U8);
  int Slice(int x, const std::vector<int>& start, const std::vector<int>& step, const std::vector<int>& shape);
  int Reshape(int x, const std::vector<int>& shape, bool share = true);  // one extent may be -1
  int Transpose(int x, const std::vector<int>& perm);
  int Resize(int x, int height, int width);
  // Weights of either sign that add up to a power of two, `taps` for each row and column where x has as many.
  int Interpolate(int x, int height, int width, int taps, joint::DType dtype = joint::DType::U8);
  // At the places of a grid: what the options say but the multipliers, which spread its integers over the image.
  int GridSample(int x, int grid, joint::GridSampleT options, joint::DType dtype = joint::DType::U8);
  int Grid(const std::vector<int>& shape, joint::DType dtype);  // a constant of places within the image and around it
  int Softmax(int x, joint::DType dtype = joint::DType::U8);
  int Lookup(int x, joint::DType dtype = joint::DType::U8);
  int ChannelLookup(int x, joint::DType dtype = joint::DType::U8);
  int Rescale(int x, joint::DType dtype);
  int Dequantize(int x);
  int TopK(int x, int axis, int k, bool largest);  // returns the values; the indices are the next tensor

  // Layers of floats alone (joint_models_float.cpp). The layers above that copy take F32 tensors as well.
  int FloatConstant(const std::vector<int>& shape);
  int FloatConvTranspose(int x, const ConvShape& shape);  // as ConvTranspose
  int FloatConv(int x, const ConvShape& shape);
  int FloatDepthwiseConv(int x, const ConvShape& shape);  // oc and groups are x's channels
  int FloatAveragePool(int x, int kernel, int stride, int pad, int divisor = 0);
  int FloatReduceMean(int x, const std::vector<int>& axes, bool keep);
  int FloatPRelu(int x, const std::vector<int>& slopes);
  int FloatInterpolate(int x, int height, int width, int taps);
  int FloatGridSample(int x, int grid, joint::GridSampleT options);
  int NonMaxSuppression(int boxes, int scores, joint::NonMaxSuppressionT options);  // the output has integers
  int FloatAdd(int a, int b, bool subtract = false);
  int FloatMul(int a, int b, bool divide = false);
  int FloatMaximum(int a, int b, bool smallest);
  int FloatSoftmax(int x);
  int FloatMatMul(int a, int b);
  int FloatLayerNormalization(int x, int axes);
  int Unary(int x, joint::UnaryFunction function, float alpha = 0.1F, float beta = 1.0F);
  int Quantize(int x, joint::DType dtype = joint::DType::U8);

  // A Concat that copies: the inputs, and what they are copies of, get the first one's quantisation.
  int Join(const std::vector<int>& inputs, int axis);
  // Puts a tensor into another's memory, so many elements behind the first. First what lies in no other, then its
  // parts.
  void Within(int part, int whole, int64_t elements);

  // Plans the arena by first fit and completes the model. The builder is spent.
  joint::ModelT Finish();

  std::vector<int> RandomIndex(int extent, int count);  // -1 among them, as Gather takes
  joint::GridSampleT RandomSampling();                  // mode, padding and corners
  int Random(int low, int high);                        // low..high, both included, from the builder's own stream
  const std::vector<int>& shape(int tensor) const;

 private:
  std::vector<int> ProductShape(int a, int b) const;  // of a MatMul
  // For each of `count` outputs the first of its neighbours in `extent` elements, and their integers, which add up to
  // 2^bits.
  std::vector<int> Neighbours(int extent, int count, int taps, int bits, std::vector<int>* weights);
  std::vector<int> MeanShape(int x, const std::vector<int>& axes, bool keep) const;
  int AddTensor(const std::vector<int>& shape, joint::DType dtype, float scale, int zero_point);
  int Activation(const std::vector<int>& shape, joint::DType dtype);  // with a random scale and zero point
  int Like(int x, const std::vector<int>& shape);                     // of x's type, scale and zero point
  int StoreConstant(int tensor, std::vector<uint8_t> bytes);
  int FloatWeights(const ConvShape& shape, int ic);  // packed as O16
  template <typename Options>
  int AddLayer(Options options, const std::vector<int>& inputs, int output, uint64_t macs = 0) {
    auto layer = std::make_unique<joint::LayerT>();
    layer->options.Set(std::move(options));
    return AppendLayer(std::move(layer), inputs, output, macs);
  }
  int AppendLayer(std::unique_ptr<joint::LayerT> layer, const std::vector<int>& inputs, int output, uint64_t macs);
  // What Conv and DepthwiseConv have in common: weights of `rows` x `depth`, and all that follows from them.
  template <typename Options>
  void FillConvolution(Options* options, const ConvShape& shape, int x, int channels, int depth,
                       const std::vector<std::vector<int16_t>>& weights);
  // Whether sums of its inputs and weights need the second version.
  bool HasWords(int x, const ConvShape& shape) const;
  int RandomWeight(const ConvShape& shape);
  int NeedsSecondVersion(int output, int x, const ConvShape& shape);
  std::vector<uint8_t> Table(joint::DType dtype, int entries);
  int EntriesFor(int x) const;  // of a table for a tensor
  // What was the last layer's first version has become its second.
  int SecondVersion(int output) {
    model_.layers.back()->version = 2;
    return output;
  }
  void PlanArena();

  joint::ModelT model_;
  std::vector<int> place_;       // the tensor whose place in the arena this one shares, itself for most
  std::vector<int64_t> inside_;  // where in it, in elements
  uint64_t state_;
};

// All operators of integers but ConvTranspose in one network with two inputs and two outputs.
joint::ModelT SmallNetwork();

// What needs the second version of an operator.
joint::ModelT WideNetwork();

// A ConvTranspose beside a Conv; and one of floats.
joint::ModelT TransposedNetwork();
joint::ModelT FloatTransposedNetwork();

// Tensors within others' memory: Slices and Concats that have nothing to copy, alone and in chains, their rows apart or
// side by side, of U8, U16 and F32, and every operator that reads and writes such. Otherwise (`views` false) the same
// network with every tensor for itself.
joint::ModelT ViewNetwork(bool views = true);

// Every operator that has a float form, between a Dequantize and a Quantize.
joint::ModelT FloatNetwork();

// Of the shapes of trained networks, small (joint_models_backbones.cpp).
joint::ModelT ResidualNetwork();
joint::ModelT MobileNetwork();
joint::ModelT DetectorNetwork();
joint::ModelT AttentionNetwork();

// A random network with layers of integers and of floats.
joint::ModelT RandomFloatNetwork(uint64_t seed, int layers = 12);

// A random network of the given number of layers; every seed gives a valid model.
joint::ModelT RandomNetwork(uint64_t seed, int layers = 12);

// The file: digest, alignment and all.
std::vector<uint8_t> Write(const joint::ModelT& model);

// The options of the first layer of their kind, for a test to damage; nullptr if there is none.
template <typename Options>
Options* FirstOptions(joint::ModelT& model) {
  for (auto& layer : model.layers) {
    if (layer->options.type == joint::OptionsUnionTraits<Options>::enum_value) {
      return static_cast<Options*>(layer->options.value);
    }
  }
  return nullptr;
}

// The first layer with these options.
template <typename Options>
joint::LayerT* FirstLayer(joint::ModelT& model) {
  for (auto& layer : model.layers) {
    if (layer->options.type == joint::OptionsUnionTraits<Options>::enum_value) return layer.get();
  }
  return nullptr;
}

}  // namespace lockstep::test
