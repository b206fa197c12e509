#include "evaluate/classify/classify_task.h"

#include <algorithm>
#include <utility>

#include "evaluate/classify/class_labels.h"
#include "graph/counted.h"
#include "graph/error.h"
#include "graph/graph.h"

namespace lockstep::evaluate {
namespace {

constexpr int kTop = 5;

struct ScoreOutput {
  size_t index = 0;
  int64_t scores = 0;  // of one picture
};

// The first output that has one axis beside the batch, others of extent 1 aside.
ScoreOutput FindScores(const NetworkInterface& network) {
  std::string shapes;
  for (size_t i = 0; i < network.output_shapes.size(); ++i) {
    const graph::Shape& shape = network.output_shapes[i];
    const auto first = shape.begin() + (shape.empty() ? 0 : 1);
    const auto axes = std::count_if(first, shape.end(), [](int64_t extent) { return extent != 1; });
    if (axes == 1) return {i, *std::find_if(first, shape.end(), [](int64_t extent) { return extent != 1; })};
    shapes += (shapes.empty() ? "" : ", ") + graph::ToString(shape);
  }
  throw UsageError(network.model + ": no output holds the scores of classes (it would be 1xCLASSES; the outputs are " +
                   shapes + "); choose another --task");
}

class ClassifyTask : public Task {
 public:
  ClassifyTask(const NetworkInterface& network, const std::string& images, const std::string& labels,
               std::optional<int> class_offset)
      : output_(FindScores(network)), labels_(ReadClassLabels(images, labels)) {
    constexpr int64_t kImageNetClasses = 1000;
    const int highest = *std::max_element(labels_.classes.begin(), labels_.classes.end());
    const bool background = output_.scores == kImageNetClasses + 1 && highest < kImageNetClasses;
    offset_ = class_offset.value_or(background ? 1 : 0);
    for (size_t i = 0; i < labels_.classes.size(); ++i) {
      if (labels_.classes[i] + offset_ < output_.scores) continue;
      throw BadInput(labels_.pictures[i] + " is labelled as class " + std::to_string(labels_.classes[i]) + ", " +
                     network.model + " has " + graph::Counted(static_cast<size_t>(output_.scores), "output") +
                     (offset_ == 0 ? "" : ", " + std::to_string(offset_) + " of them in front of class 0") +
                     "; correct the labels, or --class-offset");
    }
    if (offset_ != 0) {
      labels_.notes.push_back("class 0 is output " + std::to_string(offset_) + " of " + std::to_string(output_.scores) +
                              (class_offset ? "" : ": in front of it is a background"));
    }
  }

  const std::vector<std::string>& pictures() const override { return labels_.pictures; }
  std::vector<std::string> Notes() const override { return labels_.notes; }

  std::string Basis(size_t picture) const override {
    return "classify " + std::to_string(output_.index) + " " + std::to_string(labels_.classes[picture] + offset_);
  }

  PictureResult Judge(size_t picture, input::PictureVariant, const input::PictureGeometry&,
                      const std::vector<run::OutputTensor>& outputs) const override {
    const std::vector<float>& scores = outputs.at(output_.index).values;
    const int right = labels_.classes[picture] + offset_;
    const float score = scores[static_cast<size_t>(right)];
    PictureResult result;
    for (int i = 0; i < output_.scores; ++i) {
      const float other = scores[static_cast<size_t>(i)];
      const bool behind = other < score || (other == score && i >= right);  // a NaN is behind nothing
      if (i != right && !behind) ++result.rank;
    }
    return result;
  }

  MeasureSelection Measure(const std::vector<PictureResult>& results) const override {
    return [&results](const std::vector<int>& times_taken) {
      double taken = 0.0;
      double first = 0.0;
      double among_five = 0.0;
      for (size_t i = 0; i < results.size(); ++i) {
        taken += times_taken[i];
        if (results[i].rank == 0) first += times_taken[i];
        if (results[i].rank < kTop) among_five += times_taken[i];
      }
      return Metrics{{"top1", first / taken}, {"top5", among_five / taken}};
    };
  }

 private:
  ScoreOutput output_;
  ClassLabels labels_;
  int offset_ = 0;
};

}  // namespace

std::unique_ptr<Task> MakeClassifyTask(const NetworkInterface& network, const std::string& images,
                                       const std::string& labels, std::optional<int> class_offset) {
  return std::make_unique<ClassifyTask>(network, images, labels, class_offset);
}

}  // namespace lockstep::evaluate
