#include "check/row_layer.h"

namespace lockstep {
namespace {

bool IsInteger(const joint::Tensor& tensor) {
  return tensor.dtype() == joint::DType::U8 || tensor.dtype() == joint::DType::U16;
}

bool IsPointwise(const joint::Conv& conv, const int32_t* in, const int32_t* out, const int32_t* weights) {
  return conv.groups() == 1 && weights[1] == 1 && weights[2] == 1 && conv.stride_h() == 1 && conv.stride_w() == 1 &&
         conv.pad_top() == 0 && conv.pad_left() == 0 && in[1] == out[1] && in[2] == out[2];
}

}  // namespace

bool RunsByRows(const joint::Model& model, const joint::Layer& layer, joint::RowWindow* window) {
  const auto tensor = [&model](int32_t index) { return model.tensors()->Get(static_cast<uint32_t>(index)); };
  const joint::Options type = layer.options_type();
  if (type != joint::Options::Conv && type != joint::Options::DepthwiseConv) return false;
  const joint::Tensor& x = *tensor(layer.inputs()->Get(0));
  const joint::Tensor& y = *tensor(layer.outputs()->Get(0));
  const int32_t* out = y.shape()->data();
  if (!IsInteger(x) || !IsInteger(y) || out[0] != 1 || out[2] < joint::kFewestRowPixels) return false;
  const int32_t* weights = tensor(layer.inputs()->Get(1))->shape()->data();
  *window = {};
  if (type == joint::Options::Conv) return IsPointwise(*layer.options_as_Conv(), x.shape()->data(), out, weights);
  const joint::DepthwiseConv& conv = *layer.options_as_DepthwiseConv();
  *window = {weights[1], conv.stride_h(), conv.dilation_h(), conv.pad_top()};
  return true;
}

}  // namespace lockstep
