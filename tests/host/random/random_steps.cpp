#include "random_steps.h"

#include <algorithm>
#include <cmath>

#include "lower/ops/emitter_table.h"

namespace lockstep::test {

using graph::Shape;
using graph::TensorId;

namespace {

constexpr double kLargestBound = 24.0;

struct Step {
  Image (RandomSteps::*make)(const Image& x);
  const char* needs;  // what lowering must know beside Conv, Add, Mul and views
};

constexpr Step kSteps[] = {
    {&RandomSteps::Convolution, "Conv"},
    {&RandomSteps::Convolution, "Conv"},
    {&RandomSteps::Convolution, "Conv"},
    {&RandomSteps::DownAndUp, "Resize"},
    {&RandomSteps::Transposed, "ConvTranspose"},
    {&RandomSteps::Arithmetic, "Add"},
    {&RandomSteps::WithConstant, "Mul"},
    {&RandomSteps::Function, "Sigmoid"},
    {&RandomSteps::Function, "Tanh"},
    {&RandomSteps::Function, "Abs"},
    {&RandomSteps::Pool, "MaxPool"},
    {&RandomSteps::Excitation, "AveragePool"},
    {&RandomSteps::Joined, "Concat"},
    {&RandomSteps::Parts, "Slice"},
    {&RandomSteps::Swapped, "Transpose"},
    {&RandomSteps::Views, "Reshape"},
    {&RandomSteps::Shares, "Softmax"},
    {&RandomSteps::Attention, "MatMul"},
    {&RandomSteps::Normalized, "LayerNormalization"},
    {&RandomSteps::Rectified, "PRelu"},
    {&RandomSteps::Means, "ReduceMean"},
    {&RandomSteps::Lines, "Conv"},
    {&RandomSteps::Recurrent, "MatMul"},
    {&RandomSteps::NormalizedChannels, "LayerNormalization"},
    {&RandomSteps::Chosen, "IsBelow"},
    {&RandomSteps::Quotient, "Reciprocal"},
    {&RandomSteps::Several, "Add"},
    {&RandomSteps::Padded, "Pad"},
    {&RandomSteps::Picked, "Gather"},
    {&RandomSteps::Picked, "Tile"},
    {&RandomSteps::Picked, "Expand"},
    {&RandomSteps::Extremes, "Max"},
    {&RandomSteps::Extremes, "Min"},
    {&RandomSteps::Extremes, "ReduceMax"},
    {&RandomSteps::Extremes, "ReduceMin"},
    {&RandomSteps::Sums, "ReduceSum"},
    {&RandomSteps::Sampled, "GridSample"},
};

}  // namespace

bool IsLowered(const std::string& op) { return lower::FindEmitter(op) != nullptr; }

RandomSteps::RandomSteps(uint32_t seed)
    : random_(seed),
      builder_(seed),
      batch_(1 + (Pick(4) == 0 ? 1 : 0)),
      channels_(2 * (1 + Pick(10))),
      height_(2 * (2 + Pick(5))),
      width_(2 * (2 + Pick(5))) {}

void RandomSteps::AddInput() {
  const std::string name = "input" + std::to_string(images_.size());
  ++inputs_;
  if (!images_.empty() && Coin()) {
    // Of plain tensors the numbers are some hundreds.
    const TensorId row = Reshape(builder_.Input(name, {batch_, channels_}), {batch_, channels_, 1, 1});
    const TensorId small = builder_.Node("Mul", {row, Scalar(1.0F / 256.0F)});
    images_.push_back({Act(builder_.Node("Add", {images_[0].id, small})), images_[0].bound + 2.0});
    return;
  }
  const TensorId x = builder_.Input(name, {batch_, 1 + Pick(4), height_, width_});
  if (images_.empty()) picture_ = x;
  images_.push_back({Act(Conv(x, channels_)), 2.0});
}

void RandomSteps::AddStep() {
  const Step* step = nullptr;
  do {
    step = &kSteps[Pick(static_cast<int64_t>(std::size(kSteps)))];
  } while (!IsLowered(step->needs));
  Image x = Any();
  if (x.bound > kLargestBound) x = {builder_.Node("Tanh", {x.id}), 1.0};
  images_.push_back((this->*step->make)(x));
}

void RandomSteps::AddOutputs() {
  Image& last = images_.back();
  for (size_t i = 0; inputs_ > 1 && i < inputs_; ++i) last.id = builder_.Node("Add", {last.id, images_[i].id});
  builder_.Output(Conv(last.id, 1 + Pick(6)));
  if (Coin()) OutputBoxes();
  if (Coin()) OutputClasses();
  if (IsLowered("TopK") && Pick(3) == 0) OutputLargest();
  if (IsLowered("TopK") && Pick(3) == 0) OutputPositions();
  if (IsLowered("NonMaxSuppression") && Pick(4) == 0) OutputSelection();
  const Image extra = Any();
  const auto& outputs = builder_.graph().outputs;
  if (Coin() && std::count(outputs.begin(), outputs.end(), extra.id) == 0) builder_.Output(extra.id);
}

// As detectors end: places and shares of classes, in one tensor.
void RandomSteps::OutputBoxes() {
  const int64_t area = height_ * width_;
  const TensorId x = images_.back().id;
  const TensorId boxes = Reshape(Conv(x, 4), {batch_, 4, area});
  const TensorId moved = builder_.Node("Add", {boxes, builder_.Constant({1, 1, area}, builder_.Random(area))});
  const TensorId shares = builder_.Node("Softmax", {Reshape(Conv(x, 6), {batch_, 6, area})}, {{"axis", int64_t{1}}});
  builder_.Output(builder_.Node("Concat", {moved, shares}, {{"axis", int64_t{1}}}));
}

// As classifiers end.
void RandomSteps::OutputClasses() {
  const int64_t classes = 2 + Pick(9);
  const TensorId flat = builder_.Node("Flatten", {GlobalMean(images_.back().id)}, {{"axis", int64_t{1}}});
  const bool turned = Coin();
  const TensorId weights = Weights(turned ? Shape{classes, channels_} : Shape{channels_, classes}, channels_);
  const TensorId bias = builder_.Constant({classes}, builder_.Random(static_cast<size_t>(classes)));
  const TensorId logits = builder_.Node("Gemm", {flat, weights, bias}, {{"transB", int64_t{turned ? 1 : 0}}});
  builder_.Output(Coin() ? builder_.Node("Softmax", {logits}, {{"axis", int64_t{1}}}) : logits);
}

void RandomSteps::OutputLargest() {
  const TensorId x = Reshape(Conv(images_.back().id, channels_), {batch_, channels_, height_ * width_});
  const int64_t axis = 1 + Pick(2);
  const int64_t k = 1 + Pick(builder_.shape(x)[static_cast<size_t>(axis)]);
  builder_.Output(builder_.Outputs("TopK", {x, builder_.Ints({k})}, {{"axis", axis}, {"largest", Pick(2)}}, 2)[0]);
}

// Of an input, for all engines see the same there: elsewhere two elements may be so near that rounding decides.
void RandomSteps::OutputPositions() {
  TensorId x = picture_;
  const Shape shape = builder_.shape(x);
  if (Coin()) x = Reshape(x, {batch_, shape[1], height_ * width_});
  const int64_t axis = 1 + Pick(static_cast<int64_t>(builder_.shape(x).size()) - 1);
  const int64_t k = 1 + Pick(builder_.shape(x)[static_cast<size_t>(axis)]);
  const std::vector<TensorId> parts = builder_.TopK(x, axis, k, Coin());
  if (Coin()) builder_.Output(parts[0]);
  builder_.Output(parts[1]);
}

// Boxes and scores out of the input, as in OutputPositions; neither overlaps nor scores are just as large as the
// thresholds.
void RandomSteps::OutputSelection() {
  const int64_t boxes = builder_.shape(picture_)[1] * height_ * width_ / 4;
  const TensorId corners = Reshape(picture_, {batch_, boxes, 4});
  const TensorId scores = Reshape(picture_, {batch_, 4, boxes});
  std::vector<TensorId> inputs = {corners, scores, builder_.Ints({1 + Pick(6)}), builder_.Constant({1}, {0.3127F})};
  if (Coin()) inputs.push_back(builder_.Constant({1}, {0.7531F}));
  const TensorId rows = builder_.Node("NonMaxSuppression", inputs, {{"center_point_box", Pick(2)}});
  builder_.graph().nodes.back().attributes.erase("padded");  // which ONNX does not know
  builder_.Output(rows);
}

}  // namespace lockstep::test
