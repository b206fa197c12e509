#include "engine/reference/layer_table.h"

#include <cstddef>

#include "engine/reference/layers.h"

namespace lockstep::engine {
namespace {

constexpr LayerOperator kOperators[] = {
    {joint::Options::NONE, nullptr, nullptr},
    {joint::Options::Conv, FitsConv, RunConv},
    {joint::Options::DepthwiseConv, FitsDepthwiseConv, RunDepthwiseConv},
    {joint::Options::MaxPool, FitsMaxPool, RunMaxPool},
    {joint::Options::Add, FitsAdd, RunAdd},
    {joint::Options::Mul, FitsMul, RunMul},
    {joint::Options::Concat, FitsConcat, RunConcat},
    {joint::Options::Slice, FitsSlice, RunSlice},
    {joint::Options::Reshape, FitsReshape, RunReshape},
    {joint::Options::Transpose, FitsTranspose, RunTranspose},
    {joint::Options::Resize, FitsResize, RunResize},
    {joint::Options::Softmax, FitsSoftmax, RunSoftmax},
    {joint::Options::Lookup, FitsLookup, RunLookup},
    {joint::Options::ChannelLookup, FitsChannelLookup, RunChannelLookup},
    {joint::Options::Rescale, FitsRescale, RunRescale},
    {joint::Options::Dequantize, FitsDequantize, RunDequantize},
    {joint::Options::AveragePool, FitsAveragePool, RunAveragePool},
    {joint::Options::Quantize, FitsQuantize, RunQuantize},
    {joint::Options::Unary, FitsUnary, RunUnary},
    {joint::Options::ConvTranspose, FitsConvTranspose, RunConvTranspose},
};

constexpr size_t kCount = sizeof(kOperators) / sizeof(kOperators[0]);

constexpr bool RowsStandByNumber() {
  for (size_t i = 0; i < kCount; ++i) {
    if (static_cast<size_t>(kOperators[i].type) != i) return false;
  }
  return true;
}

static_assert(kCount == static_cast<size_t>(joint::Options::MAX) + 1, "an operator of the schema has no row");
static_assert(RowsStandByNumber(), "the rows are not in the order of the union");

}  // namespace

const LayerOperator& OperatorOf(joint::Options type) { return kOperators[static_cast<size_t>(type)]; }

}  // namespace lockstep::engine
