// Refusals of GridSample and NonMaxSuppression.
#include "refusal.h"

namespace lockstep::ops {
namespace {

TensorId Sampled(SmallGraph& g, TensorId image, TensorId grid, Attributes attributes = {}) {
  return g.Add("GridSample", {image, grid}, std::move(attributes));
}

const Mistake kGridSample[] = {
    {"Mode", "'mode' is 'area'",
     [](SmallGraph& g) {
       return Sampled(g, g.Input("x", {1, 2, 3, 4}), g.Input("g", {1, 2, 2, 2}), {{"mode", std::string("area")}});
     }},
    {"Padding", "'padding_mode' is 'wrap'",
     [](SmallGraph& g) {
       return Sampled(g, g.Input("x", {1, 2, 3, 4}), g.Input("g", {1, 2, 2, 2}),
                      {{"padding_mode", std::string("wrap")}});
     }},
    {"Grid", "its grid has shape 1x2x2x3",
     [](SmallGraph& g) {
       return Sampled(g, g.Input("x", {1, 2, 3, 4}), g.Input("g", {1, 2, 2, 3}));
     }},
    {"Volume", "images of shape NxCxHxW are supported",
     [](SmallGraph& g) {
       return Sampled(g, g.Input("x", {1, 2, 3, 4, 5}), g.Input("g", {1, 2, 2, 2, 3}));
     }},
};
const Mistake kUnsupportedGridSample[] = {
    {"Cubic", "its mode is cubic",
     [](SmallGraph& g) {
       return Sampled(g, g.Input("x", {1, 2, 3, 4}), g.Input("g", {1, 2, 2, 2}), {{"mode", std::string("cubic")}});
     }},
    {"Image", "its image is constant",
     [](SmallGraph& g) {
       return Sampled(g, g.Random({1, 2, 3, 4}), g.Input("g", {1, 2, 2, 2}));
     }},
    {"Infinity", "its grid has infinities or NaN",
     [](SmallGraph& g) {
       return Sampled(g, g.Input("x", {1, 2, 3, 4}), g.Floats({1, 1, 1, 2}, {kInfinity, 0}));
     }},
    {"Step", "a level of its grid is 3.052e+25 pixels of the image; limit the grid's numbers, as to -2 to 2",
     [](SmallGraph& g) {
       return Sampled(g, g.Input("x", {1, 2, 3, 4}), g.Floats({1, 1, 1, 2}, {1e30F, 0}));
     }},
    {"NearestStep", "a level of its grid is 2.289e+04 pixels",
     [](SmallGraph& g) {
       return Sampled(g, g.Input("x", {1, 2, 3, 4}), g.Floats({1, 1, 1, 2}, {-1e9F, 0}),
                      {{"mode", std::string("nearest")}, {"align_corners", int64_t{1}}});
     }},
    {"Extent", "at most 4194303 rows and columns",
     [](SmallGraph& g) {
       return Sampled(g, g.Input("x", {1, 1, 1, 1 << 22}), g.Input("g", {1, 2, 2, 2}));
     }},
};

TensorId Selected(SmallGraph& g, const std::vector<TensorId>& numbers) {
  std::vector<TensorId> inputs = {g.Input("b", {1, 5, 4}), g.Input("s", {1, 2, 5})};
  inputs.insert(inputs.end(), numbers.begin(), numbers.end());
  return g.Add("NonMaxSuppression", inputs, {{"padded", int64_t{1}}});
}

const Mistake kNonMaxSuppression[] = {
    {"Boxes", "do not fit; allowed: BxNx4 and BxCxN",
     [](SmallGraph& g) {
       return g.Add("NonMaxSuppression", {g.Input("b", {1, 5, 4}), g.Input("s", {1, 2, 6}), g.Ints({3})});
     }},
    {"Center", "'center_point_box' is 2",
     [](SmallGraph& g) {
       return g.Add("NonMaxSuppression", {g.Input("b", {1, 5, 4}), g.Input("s", {1, 2, 5}), g.Ints({3})},
                    {{"center_point_box", int64_t{2}}});
     }},
    {"Real", "holds floating point", [](SmallGraph& g) { return Selected(g, {g.Scalar(3)}); }},
    {"Numbers", "its input 3 is not one number",
     [](SmallGraph& g) {
       return Selected(g, {g.Ints({3}), g.Floats({2}, {1, 2})});
     }},
};
const Mistake kUnsupportedNonMaxSuppression[] = {
    {"Overlap", "its iou_threshold is the network's input 't'; give it a value with --input-value t=NUMBER",
     [](SmallGraph& g) {
       return Selected(g, {g.Ints({3}), g.Input("t", {1})});
     }},
    {"Score", "' is computed; export it as a constant, or end the network in front of it with --output-nodes",
     [](SmallGraph& g) {
       return Selected(g, {g.Ints({3}), g.Scalar(0.5F), g.Add("Relu", {g.Input("t", {1})})});
     }},
    {"Boxes", "it has 16777217 boxes; at most 16777216 are supported; keep the best ones in front of it (TopK)",
     [](SmallGraph& g) {
       return g.Add("NonMaxSuppression",
                    {g.Input("b", {1, 1 << 24 | 1, 4}), g.Input("s", {1, 1, 1 << 24 | 1}), g.Ints({1})},
                    {{"padded", int64_t{1}}});
     }},
};

LOCKSTEP_REFUSALS(GridSample);
LOCKSTEP_REFUSALS(NonMaxSuppression);
LOCKSTEP_UNSUPPORTED(GridSample);
LOCKSTEP_UNSUPPORTED(NonMaxSuppression);

}  // namespace
}  // namespace lockstep::ops
