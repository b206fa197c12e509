// Layers of floats, and networks of them.
#include <algorithm>
#include <cstring>

#include "support/joint_models.h"
#include "support/joint_models_shapes.h"

namespace lockstep::test {
namespace {

template <typename Options>
void SetWindow(const ConvShape& shape, Options* options) {
  options->stride_h = shape.stride_h;
  options->stride_w = shape.stride_w;
  options->dilation_h = shape.dilation_h;
  options->dilation_w = shape.dilation_w;
  options->pad_top = shape.pad_top;
  options->pad_left = shape.pad_left;
  options->pad_bottom = shape.pad_bottom;
  options->pad_right = shape.pad_right;
}

}  // namespace

// Multiples of 2^-10 up to 1, zeros of both signs and, rarely, subnormal numbers: written by bits, the same everywhere.
int NetworkBuilder::FloatConstant(const std::vector<int>& shape) {
  const int tensor = AddTensor(shape, joint::DType::F32, 1.0F, 0);
  std::vector<uint8_t> bytes(model_.tensors[tensor]->bytes);
  for (size_t i = 0; i < bytes.size(); i += sizeof(float)) {
    const int draw = Random(0, 63);
    float value = static_cast<float>(Random(-1024, 1024)) / 1024.0F;
    if (draw == 0) value = -0.0F;
    if (draw == 1) value *= 0x1p-130F;
    std::memcpy(&bytes[i], &value, sizeof value);
  }
  return StoreConstant(tensor, std::move(bytes));
}

int NetworkBuilder::FloatWeights(const ConvShape& shape, int ic) {
  constexpr int kLanes = 16;
  const int taps = shape.kernel_h * shape.kernel_w * ic;
  const int group_out = shape.oc / shape.groups;
  const int blocks = (group_out + kLanes - 1) / kLanes;
  const int plain = FloatConstant({shape.oc, shape.kernel_h, shape.kernel_w, ic});
  std::vector<uint8_t>& bytes = model_.constants[model_.tensors[plain]->constant]->data;
  std::vector<uint8_t> packed(sizeof(float) * shape.groups * blocks * taps * kLanes);
  for (int oc = 0; oc < shape.oc; ++oc) {
    const int block = oc / group_out * blocks + oc % group_out / kLanes;
    for (int tap = 0; tap < taps; ++tap) {
      const int lane = oc % group_out % kLanes;
      std::memcpy(&packed[sizeof(float) * ((block * taps + tap) * kLanes + lane)],
                  &bytes[sizeof(float) * (oc * taps + tap)], sizeof(float));
    }
  }
  model_.tensors[plain]->packing = joint::Packing::O16;
  model_.tensors[plain]->bytes = packed.size();
  bytes = std::move(packed);
  return plain;
}

int NetworkBuilder::FloatConvTranspose(int x, const ConvShape& shape) {
  const std::vector<int> in = this->shape(x);
  joint::ConvTransposeT options;
  options.groups = shape.groups;
  options.stride_h = shape.stride_h;
  options.stride_w = shape.stride_w;
  options.pad_top = shape.pad_top;
  options.pad_left = shape.pad_left;
  const int weights = FloatWeights(shape, in[3] / shape.groups);
  const int bias = FloatConstant({shape.oc});
  const int h = (in[1] - 1) * shape.stride_h + shape.kernel_h - shape.pad_top - shape.pad_bottom;
  const int w = (in[2] - 1) * shape.stride_w + shape.kernel_w - shape.pad_left - shape.pad_right;
  const int y = AddTensor({in[0], h, w, shape.oc}, joint::DType::F32, 1.0F, 0);
  return AddLayer(std::move(options), {x, weights, bias}, y);
}

int NetworkBuilder::FloatConv(int x, const ConvShape& shape) {
  const std::vector<int> in = this->shape(x);
  const int plain = FloatWeights(shape, in[3] / shape.groups);
  joint::ConvT options;
  SetWindow(shape, &options);
  options.groups = shape.groups;
  const int bias = FloatConstant({shape.oc});
  const int y = AddTensor(OutputShape(in, shape, shape.oc), joint::DType::F32, 1.0F, 0);
  return AddLayer(std::move(options), {x, plain, bias}, y);
}

int NetworkBuilder::FloatDepthwiseConv(int x, const ConvShape& shape) {
  const std::vector<int> in = this->shape(x);
  joint::DepthwiseConvT options;
  SetWindow(shape, &options);
  const int weights = FloatConstant({1, shape.kernel_h, shape.kernel_w, in[3]});
  const int bias = FloatConstant({in[3]});
  const int y = AddTensor(OutputShape(in, shape, in[3]), joint::DType::F32, 1.0F, 0);
  return AddLayer(std::move(options), {x, weights, bias}, y);
}

int NetworkBuilder::FloatAveragePool(int x, int kernel, int stride, int pad, int divisor) {
  const std::vector<int> in = shape(x);
  joint::AveragePoolT options;
  options.kernel_h = options.kernel_w = kernel;
  options.stride_h = options.stride_w = stride;
  options.pad_top = options.pad_left = options.pad_bottom = options.pad_right = pad;
  options.divisor = divisor;
  const int h = Extent(in[1], 2 * pad, kernel, 1, stride);
  const int w = Extent(in[2], 2 * pad, kernel, 1, stride);
  const int y = AddTensor({in[0], h, w, in[3]}, joint::DType::F32, 1.0F, 0);
  return AddLayer(std::move(options), {x}, y);
}

int NetworkBuilder::FloatReduceMean(int x, const std::vector<int>& axes, bool keep) {
  joint::ReduceMeanT options;
  options.axes.assign(axes.begin(), axes.end());
  return AddLayer(std::move(options), {x}, AddTensor(MeanShape(x, axes, keep), joint::DType::F32, 1.0F, 0));
}

int NetworkBuilder::FloatPRelu(int x, const std::vector<int>& slopes) {
  const int constant = FloatConstant(slopes);
  return AddLayer(joint::PReluT(), {x, constant}, AddTensor(shape(x), joint::DType::F32, 1.0F, 0));
}

int NetworkBuilder::NonMaxSuppression(int boxes, int scores, joint::NonMaxSuppressionT options) {
  const int rows = shape(scores)[0] * shape(scores)[1] * options.most;
  return AddLayer(std::move(options), {boxes, scores}, AddTensor({rows, 3}, joint::DType::S64, 0.0F, 0));
}

int NetworkBuilder::FloatAdd(int a, int b, bool subtract) {
  std::vector<int> out = shape(a);
  for (size_t i = 0; i < out.size(); ++i) out[i] = std::max(out[i], shape(b)[i]);
  joint::AddT options;
  options.subtract = subtract;
  return AddLayer(options, {a, b}, AddTensor(out, joint::DType::F32, 1.0F, 0));
}

int NetworkBuilder::FloatMul(int a, int b, bool divide) {
  std::vector<int> out = shape(a);
  for (size_t i = 0; i < out.size(); ++i) out[i] = std::max(out[i], shape(b)[i]);
  joint::MulT options;
  options.divide = divide;
  return AddLayer(options, {a, b}, AddTensor(out, joint::DType::F32, 1.0F, 0));
}

int NetworkBuilder::FloatMaximum(int a, int b, bool smallest) {
  std::vector<int> out = shape(a);
  for (size_t i = 0; i < out.size(); ++i) out[i] = std::max(out[i], shape(b)[i]);
  joint::MaximumT options;
  options.smallest = smallest;
  return AddLayer(options, {a, b}, AddTensor(out, joint::DType::F32, 1.0F, 0));
}

int NetworkBuilder::FloatSoftmax(int x) {
  return AddLayer(joint::SoftmaxT(), {x}, AddTensor(shape(x), joint::DType::F32, 1.0F, 0));
}

int NetworkBuilder::FloatMatMul(int a, int b) {
  return AddLayer(joint::MatMulT(), {a, b}, AddTensor(ProductShape(a, b), joint::DType::F32, 1.0F, 0));
}

int NetworkBuilder::FloatLayerNormalization(int x, int axes) {
  const std::vector<int> in = shape(x);
  int count = 1;
  for (int i = 0; i < axes; ++i) count *= in[in.size() - 1 - static_cast<size_t>(i)];
  const int gamma = FloatConstant({count});
  const int beta = FloatConstant({count});
  joint::LayerNormalizationT options;
  options.float_epsilon = 0x1p-16F;
  return AddLayer(options, {x, gamma, beta}, AddTensor(in, joint::DType::F32, 1.0F, 0));
}

int NetworkBuilder::Unary(int x, joint::UnaryFunction function, float alpha, float beta) {
  joint::UnaryT options;
  options.function = function;
  options.alpha = alpha;
  options.beta = beta;
  return AddLayer(options, {x}, AddTensor(shape(x), joint::DType::F32, 1.0F, 0));
}

int NetworkBuilder::Quantize(int x, joint::DType dtype) {
  const int y = Activation(shape(x), dtype);
  joint::QuantizeT options;
  options.clamp_low = 0;
  options.clamp_high = dtype == joint::DType::U16 ? 65535 : 255;
  return AddLayer(options, {x}, y);
}

joint::ModelT FloatNetwork() {
  NetworkBuilder net(3, "floats");
  const int picture = net.Input({1, 12, 16, 3});
  const int real = net.Dequantize(picture);
  ConvShape conv;
  conv.oc = 20;
  conv.stride_h = conv.stride_w = 2;
  const int stem = net.Unary(net.FloatConv(real, conv), joint::UnaryFunction::Silu);  // 6 x 8 x 20
  conv.stride_h = conv.stride_w = 1;
  const int deep = net.FloatDepthwiseConv(stem, conv);
  conv.groups = 2;
  const int grouped = net.FloatConv(net.FloatMul(deep, net.FloatConstant({1, 1, 1, 20})), conv);
  const int sum = net.FloatAdd(net.MaxPool(stem, 5, 1, 2), grouped, true);
  const int large = net.Resize(net.FloatAveragePool(sum, 3, 2, 1), 6, 8);
  const int mixed = net.Concat({large, net.Quantize(sum), deep}, 3, joint::DType::F32);
  const int half = net.Slice(mixed, {0, 0, 1, 4}, {1, 1, 2, 1}, {1, 6, 4, 40});
  const int chances = net.FloatSoftmax(net.Reshape(half, {1, 24, 40}));
  const int ratio = net.FloatMul(net.Transpose(chances, {0, 2, 1}), net.FloatConstant({1, 1, 24}), true);
  net.Output(net.Quantize(ratio, joint::DType::U16));
  const int pairs = net.FloatMatMul(ratio, net.FloatLayerNormalization(chances, 1));  // 1 x 40 x 40
  net.Output(net.FloatMatMul(chances, pairs));
  net.FloatMaximum(net.Gather(mixed, 3, {5, -1, 59, 0}, 0x3fc00000), net.ReduceMax(mixed, {3}, true, true), false);
  joint::NonMaxSuppressionT selection;
  selection.most = 2;
  selection.max_overlap = 0.25F;
  selection.any_score = true;
  net.NonMaxSuppression(net.Slice(chances, {0, 0, 0}, {1, 1, 1}, {1, 24, 4}), ratio, selection);  // 1 x 40 x 24
  net.Output(net.FloatReduceMean(net.FloatPRelu(mixed, {60}), {1, 2}, false));
  const int sampled = net.FloatGridSample(mixed, net.FloatConstant({1, 9, 5, 2}), {});
  net.Output(net.Quantize(net.FloatAdd(net.FloatInterpolate(mixed, 9, 5, 2), sampled)));
  return net.Finish();
}

joint::ModelT RandomFloatNetwork(uint64_t seed, int layers) {
  NetworkBuilder net(seed, "random_float_" + std::to_string(seed));
  std::vector<int> images = {
      net.Dequantize(net.Input({net.Random(1, 2), net.Random(5, 12), net.Random(5, 12), net.Random(1, 9)}))};
  const auto pick = [&] { return images[net.Random(0, static_cast<int>(images.size()) - 1)]; };
  for (int i = 0; i < layers; ++i) {
    const int x = pick();
    const std::vector<int> in = net.shape(x);
    ConvShape shape;
    shape.oc = net.Random(1, 20);
    shape.stride_h = net.Random(1, 2);
    switch (net.Random(0, 20)) {
      case 0:
      case 1:
        images.push_back(net.FloatConv(x, shape));
        break;
      case 2:
        images.push_back(net.FloatDepthwiseConv(x, shape));
        break;
      case 3:
        images.push_back(net.MaxPool(x, 3, net.Random(1, 2), 1));
        break;
      case 4: {
        const bool subtract = net.Random(0, 1) == 1;
        images.push_back(net.FloatAdd(x, net.FloatConstant({1, 1, 1, in[3]}), subtract));
        break;
      }
      case 5: {
        const bool divide = net.Random(0, 1) == 1;
        images.push_back(net.FloatMul(x, net.FloatConstant({1, 1, in[2], 1}), divide));
        break;
      }
      case 6: {
        const int axis = net.Random(1, 3);
        const int integers = net.Quantize(x);
        images.push_back(net.Concat({x, integers}, axis, joint::DType::F32));
        break;
      }
      case 7: {  // an island of integers
        const int integers = net.Quantize(x);
        images.push_back(net.Dequantize(net.Conv(integers, shape)));
        break;
      }
      case 8:
        images.push_back(net.FloatSoftmax(x));
        break;
      case 9: {
        const int kernel = std::min({net.Random(1, 3), in[1], in[2]});
        images.push_back(net.FloatAveragePool(x, kernel, 1, kernel / 2, net.Random(0, 1) * kernel * kernel));
        break;
      }
      case 10: {
        shape.kernel_h = net.Random(1, 4);
        shape.kernel_w = net.Random(1, 4);
        shape.stride_w = net.Random(1, 3);
        shape.pad_top = net.Random(0, shape.kernel_h - 1);
        shape.pad_left = net.Random(0, 1) * (shape.kernel_w - 1);
        shape.pad_bottom = shape.pad_right = 0;
        images.push_back(in[1] * in[2] < 2000 ? net.FloatConvTranspose(x, shape) : net.MaxPool(x, 2, 2, 0));
        break;
      }
      case 12:
        images.push_back(net.FloatLayerNormalization(x, net.Random(1, 3)));
        break;
      case 16:
        images.push_back(net.FloatInterpolate(x, in[1] + 1, std::max(1, in[2] - 1), 4));
        break;
      case 19: {
        const int places = net.FloatConstant({in[0], in[2], in[1], 2});
        const int spread = net.Unary(places, joint::UnaryFunction::Tan);
        images.push_back(net.FloatGridSample(x, spread, net.RandomSampling()));
        break;
      }
      case 17: {
        const int axis = net.Random(1, 3);
        const std::vector<int> index = net.RandomIndex(in[axis], net.Random(1, 12));
        images.push_back(net.Gather(x, axis, index, 0xbf800000));
        break;
      }
      case 18: {
        const int axis = net.Random(1, 3);
        const bool smallest = net.Random(0, 1) == 1;
        images.push_back(net.FloatMaximum(x, net.ReduceMax(x, {axis}, true, smallest), !smallest));
        break;
      }
      case 15:
        images.push_back(net.FloatPRelu(x, {in[2], 1}));
        break;
      case 14: {
        const int axis = net.Random(1, 3);
        images.push_back(net.FloatAdd(x, net.FloatReduceMean(x, {axis}, true), true));
        break;
      }
      case 13: {
        const int turned = net.Transpose(x, {0, 1, 3, 2});
        images.push_back(net.FloatMatMul(x, turned));
        break;
      }
      case 11:
        images.push_back(net.Transpose(x, {0, 2, 1, 3}));
        break;
      default: {
        const auto last = static_cast<int>(joint::UnaryFunction::MAX);
        images.push_back(net.Unary(x, static_cast<joint::UnaryFunction>(net.Random(0, last))));
        break;
      }
    }
  }
  const std::vector<int> shape = net.shape(images.back());
  const int scores = net.Reshape(images.back(), {shape[0], shape[1], shape[2] * shape[3]});
  const int boxes = net.FloatConstant({shape[0], shape[2] * shape[3], 4});
  joint::NonMaxSuppressionT selection;
  selection.most = std::min(shape[2] * shape[3], net.Random(1, 4));
  selection.center = net.Random(0, 1) == 1;
  selection.any_score = net.Random(0, 2) == 0;
  selection.max_overlap = static_cast<float>(net.Random(0, 9)) / 10.0F;
  net.Output(net.NonMaxSuppression(boxes, scores, selection));
  const int length = shape[3];
  const int top = net.TopK(images.back(), 3, (length + 1) / 2, net.Random(0, 1) == 1);
  net.Output(images.back());
  net.Output(net.Quantize(images[images.size() / 2]));
  net.Output(top);
  net.Output(top + 1);
  return net.Finish();
}

}  // namespace lockstep::test
