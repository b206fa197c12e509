// Refusals of ConvTranspose, MaxPool, TopK, PRelu, ReduceMean and Resize.
#include "refusal.h"

namespace lockstep::ops {
namespace {

TensorId Transposed(SmallGraph& g, const graph::Shape& weights, const Attributes& attributes = {}) {
  return g.Add("ConvTranspose", {g.Input("x", {1, 4, 5, 5}), g.Random(weights)}, attributes);
}
TensorId TopK(SmallGraph& g, const Ints& k, const Attributes& attributes = {}) {
  return g.AddMany("TopK", {g.Input("x", {2, 5}), g.Ints(k)}, 2, attributes)[0];
}
TensorId Mean(SmallGraph& g, const Attributes& attributes) {
  return g.Add("ReduceMean", {g.Input("x", {2, 3, 4})}, attributes);
}

const Mistake kConvTranspose[] = {
    {"Rank", "an image with N, C and at least one more axis is needed",
     [](SmallGraph& g) {
       return g.Add("ConvTranspose", {g.Input("x", {4, 4}), g.Random({4, 4})});
     }},
    {"Channels", "input 1x4x5x5 and weights 3x2x2x2 do not fit",
     [](SmallGraph& g) {
       return Transposed(g, {3, 2, 2, 2});
     }},
    {"RankOfWeights", "input 1x4x5x5 and weights 4x2x2 do not fit",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2});
     }},
    {"Integers", "holds integers instead of floating point",
     [](SmallGraph& g) {
       const TensorId w = g.Input("w", {4, 2, 2, 2});
       g.graph.tensor(w).type = graph::ElementType::kInt64;
       return g.Add("ConvTranspose", {g.Input("x", {1, 4, 5, 5}), w});
     }},
    {"AutoPad", "'auto_pad' is 'SAME'; allowed",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"auto_pad", std::string("SAME")}});
     }},
    {"Group", "'group' is 0",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"group", int64_t{0}}});
     }},
    {"GroupDivides", "'group' is 3; allowed: divisors",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"group", int64_t{3}}});
     }},
    {"EmptyKernel", "its input or its kernel is empty",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 0, 2});
     }},
    {"EmptyInput", "its input or its kernel is empty",
     [](SmallGraph& g) {
       return g.Add("ConvTranspose", {g.Input("x", {1, 4, 0, 5}), g.Random({4, 2, 2, 2})});
     }},
    {"KernelShape", "'kernel_shape' is 3x2",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"kernel_shape", Ints{3, 2}}});
     }},
    {"Bias", "bias has shape 3 instead of 2",
     [](SmallGraph& g) {
       return g.Add("ConvTranspose", {g.Input("x", {1, 4, 5, 5}), g.Random({4, 2, 2, 2}), g.Random({3})});
     }},
    {"Strides", "'strides' has the entry 0",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"strides", Ints{0, 1}}});
     }},
    {"Dilations", "'dilations' has 1 entries",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"dilations", Ints{1}}});
     }},
    {"Pads", "'pads' has 2 entries",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"pads", Ints{1, 1}}});
     }},
    {"OutputPadding", "'output_padding' has the entry -1",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"output_padding", Ints{-1, 0}}});
     }},
    {"OutputShape", "'output_shape' has the entry 0",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"output_shape", Ints{0, 1}}});
     }},
    {"EmptyOutput", "its output would be empty",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"pads", Ints{3, 0, 3, 0}}});
     }},
};
const Mistake kUnsupportedConvTranspose[] = {
    {"Volume", "only images of rank 3 or 4",
     [](SmallGraph& g) {
       return g.Add("ConvTranspose", {g.Input("x", {1, 3, 9, 9, 9}), g.Random({3, 2, 2, 2, 2})});
     }},
    {"Dilations", "its dilations are 1x2",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"dilations", Ints{1, 2}}});
     }},
    {"Strides", "its strides are 1x65",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"strides", Ints{1, 65}}});
     }},
    {"Pads", "its pads are 0x2x0x0",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"pads", Ints{0, 2, 0, 0}}});
     }},
    {"Longer", "its output is 1 longer",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"output_padding", Ints{0, 1}}});
     }},
};

const Mistake kTopK[] = {
    {"Axis", "'axis' is 2",
     [](SmallGraph& g) {
       return TopK(g, {1}, {{"axis", int64_t{2}}});
     }},
    {"Largest", "'largest' is 2",
     [](SmallGraph& g) {
       return TopK(g, {1}, {{"largest", int64_t{2}}});
     }},
    {"Sorted", "'sorted' is 2",
     [](SmallGraph& g) {
       return TopK(g, {1}, {{"sorted", int64_t{2}}});
     }},
    {"Many", "its k does not fit the axis; allowed: one number from 0 to 5",
     [](SmallGraph& g) { return TopK(g, {6}); }},
    {"Negative", "its k does not fit the axis", [](SmallGraph& g) { return TopK(g, {-1}); }},
    {"TwoNumbers", "its k does not fit the axis",
     [](SmallGraph& g) {
       return TopK(g, {1, 2});
     }},
    {"Real", "holds floating point",
     [](SmallGraph& g) {
       return g.AddMany("TopK", {g.Input("x", {2, 5}), g.Floats({1}, {2})}, 2)[0];
     }},
};
const Mistake kUnsupportedTopK[] = {
    {"Integers", "it orders integers",
     [](SmallGraph& g) {
       const TensorId x = g.Input("x", {2, 5});
       g.graph.tensor(x).type = graph::ElementType::kInt64;
       return g.AddMany("TopK", {x, g.Ints({2})}, 2)[0];
     }},
    {"Computed", "its k is not constant",
     [](SmallGraph& g) {
       const TensorId k = g.Input("k", {1});
       g.graph.tensor(k).type = graph::ElementType::kInt64;
       return g.AddMany("TopK", {g.Input("x", {2, 5}), k}, 2)[0];
     }},
    {"Length", "its axis has 16777217 elements",
     [](SmallGraph& g) {
       return g.AddMany("TopK", {g.Input("x", {1 << 24 | 1}), g.Ints({2})}, 2)[0];
     }},
};

const Mistake kPRelu[] = {
    {"Integers", "holds integers instead of floating point",
     [](SmallGraph& g) {
       return g.Add("PRelu", {g.Input("x", {2, 1}), g.Ints({1})});
     }},
    {"Slope", "its slope of shape 2x3 does not fit an input of shape 3",
     [](SmallGraph& g) {
       return g.Add("PRelu", {g.Input("x", {3}), g.Random({2, 3})});
     }},
};
const Mistake kUnsupportedPRelu[] = {
    {"Computed", "its slope is computed",
     [](SmallGraph& g) {
       return g.Add("PRelu", {g.Input("x", {3}), g.Input("s", {3})});
     }},
    {"Infinity", "its slope contains infinity or NaN",
     [](SmallGraph& g) {
       return g.Add("PRelu", {g.Input("x", {1}), g.Floats({1}, {kInfinity})});
     }},
};

const Mistake kReduceMean[] = {
    {"KeepDims", "'keepdims' is 2",
     [](SmallGraph& g) {
       return Mean(g, {{"keepdims", int64_t{2}}});
     }},
    {"Noop", "'noop_with_empty_axes' is 2",
     [](SmallGraph& g) {
       return Mean(g, {{"noop_with_empty_axes", int64_t{2}}});
     }},
    {"Axes", "its axes entry 3 is outside of rank 3",
     [](SmallGraph& g) {
       return Mean(g, {{"axes", Ints{3}}});
     }},
};

TensorId Resized(SmallGraph& g, const std::vector<float>& scales, Attributes attributes) {
  return g.Add("Resize", {g.Input("x", {1, 3, 4, 4}), graph::kNoTensor, g.Floats({4}, scales)}, std::move(attributes));
}

const Mistake kResize[] = {
    {"Mode", "'mode' is 'lanczos'",
     [](SmallGraph& g) {
       return Resized(g, {1, 1, 2, 2}, {{"mode", std::string("lanczos")}});
     }},
    {"Policy", "'keep_aspect_ratio_policy' is 'crop'",
     [](SmallGraph& g) {
       return Resized(g, {1, 1, 2, 2}, {{"keep_aspect_ratio_policy", std::string("crop")}});
     }},
};
const Mistake kUnsupportedResize[] = {
    {"Channels", "it resizes more than height and width",
     [](SmallGraph& g) {
       return Resized(g, {1, 2, 1, 1}, {{"mode", std::string("linear")}});
     }},
    {"StretchedChannels", "it resizes more than height and width",
     [](SmallGraph& g) {
       return Resized(
           g, {1, 1.2F, 2, 2},
           {{"coordinate_transformation_mode", std::string("asymmetric")}, {"nearest_mode", std::string("floor")}});
     }},
    {"Crop", "coordinate_transformation_mode 'tf_crop_and_resize' is not supported",
     [](SmallGraph& g) {
       return Resized(
           g, {1, 1, 2, 2},
           {{"mode", std::string("cubic")}, {"coordinate_transformation_mode", std::string("tf_crop_and_resize")}});
     }},
    {"Antialias", "antialias 1 is not supported; export it with antialias=False",
     [](SmallGraph& g) {
       return Resized(g, {1, 1, 0.5F, 1}, {{"mode", std::string("linear")}, {"antialias", int64_t{1}}});
     }},
    {"Rank", "only images of rank 3 or 4 are supported",
     [](SmallGraph& g) {
       return g.Add("Resize", {g.Input("x", {1, 3, 4, 4, 4}), graph::kNoTensor, g.Floats({5}, {1, 1, 2, 2, 2})},
                    {{"mode", std::string("linear")}});
     }},
    {"PolicyOfALine", "keep_aspect_ratio_policy 'not_larger' is supported for images of rank 4 alone",
     [](SmallGraph& g) {
       return g.Add("Resize", {g.Input("x", {1, 3, 4}), graph::kNoTensor, graph::kNoTensor, g.Ints({8})},
                    {{"axes", Ints{2}}, {"keep_aspect_ratio_policy", std::string("not_larger")}});
     }},
    {"Coefficient", "cubic_coeff_a -40.000000 gives weights of",
     [](SmallGraph& g) {
       return Resized(g, {1, 1, 2, 2}, {{"mode", std::string("cubic")}, {"cubic_coeff_a", -40.0F}});
     }},
};

const Mistake kUnsupportedMaxPool[] = {
    {"Indices", "its indices are used; end the network in front of it with --output-nodes",
     [](SmallGraph& g) {
       return g.AddMany("MaxPool", {g.Input("x", {1, 1, 4, 4})}, 2, {{"kernel_shape", Ints{2, 2}}})[1];
     }},
};

LOCKSTEP_UNSUPPORTED(MaxPool);
LOCKSTEP_REFUSALS(ConvTranspose);
LOCKSTEP_REFUSALS(TopK);
LOCKSTEP_REFUSALS(PRelu);
LOCKSTEP_REFUSALS(ReduceMean);
LOCKSTEP_REFUSALS(Resize);
LOCKSTEP_UNSUPPORTED(ConvTranspose);
LOCKSTEP_UNSUPPORTED(TopK);
LOCKSTEP_UNSUPPORTED(PRelu);
LOCKSTEP_UNSUPPORTED(Resize);

}  // namespace
}  // namespace lockstep::ops
