#include "evaluate/detect/detect_task.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "evaluate/detect/average_precision.h"
#include "evaluate/detect/box_labels.h"
#include "evaluate/detect/match_boxes.h"

namespace lockstep::evaluate {
namespace {

// In pixels of the variant.
std::vector<Object> InPixels(std::vector<Object> objects, input::PictureVariant variant,
                             const input::PictureGeometry& geometry) {
  for (Object& object : objects) {
    Corners& box = object.box;
    if (variant == input::PictureVariant::kMirrored) box = {1.0 - box.right, box.top, 1.0 - box.left, box.bottom};
    box = {box.left * geometry.source_width, box.top * geometry.source_height, box.right * geometry.source_width,
           box.bottom * geometry.source_height};
  }
  return objects;
}

class DetectTask : public Task {
 public:
  DetectTask(const NetworkInterface& network, const std::string& images, const std::string& labels,
             DetectSettings settings)
      : settings_(std::move(settings)),
        size_(network.input),
        head_(RecognizeHead(network, settings_.head)),
        labels_(ReadBoxLabels(images, labels, head_.classes)) {
    labels_.notes.insert(labels_.notes.begin(), "the head is " + Describe(head_));
  }

  const std::vector<std::string>& pictures() const override { return labels_.pictures; }
  std::vector<std::string> Notes() const override { return labels_.notes; }

  std::string Basis(size_t picture) const override {
    std::ostringstream basis;
    basis.precision(17);
    basis << "detect " << Describe(head_) << " " << head_.channels_first << " " << settings_.candidates.confidence
          << " " << settings_.candidates.one_label << " " << settings_.suppress.iou << " "
          << settings_.suppress.most_boxes;
    for (const Object& object : labels_.objects[picture]) {
      basis << " " << object.label << " " << object.crowd << " " << object.box.left << " " << object.box.top << " "
            << object.box.right << " " << object.box.bottom;
    }
    return basis.str();
  }

  PictureResult Judge(size_t picture, input::PictureVariant variant, const input::PictureGeometry& geometry,
                      const std::vector<run::OutputTensor>& outputs) const override {
    std::vector<Detection> detections =
        Suppress(Candidates(head_, outputs, size_, settings_.candidates), settings_.suppress);
    for (Detection& detection : detections) detection.box = ToPicture(detection.box, geometry);
    return MatchBoxes(detections, InPixels(labels_.objects[picture], variant, geometry));
  }

  MeasureSelection Measure(const std::vector<PictureResult>& results) const override {
    const auto precision = std::make_shared<AveragePrecision>(results);
    return [precision](const std::vector<int>& times_taken) {
      const AveragePrecision::Means means = precision->Of(times_taken);
      return Metrics{{"map50_95", means.at_50_to_95}, {"map50", means.at_50}};
    };
  }

 private:
  DetectSettings settings_;
  input::PictureSize size_;
  Head head_;
  BoxLabels labels_;
};

}  // namespace

Corners ToPicture(const Corners& box, const input::PictureGeometry& geometry) {
  const auto x = [&](double value) {
    return std::clamp((value - geometry.pad_x) / geometry.scale_x, 0.0, 1.0 * geometry.source_width);
  };
  const auto y = [&](double value) {
    return std::clamp((value - geometry.pad_y) / geometry.scale_y, 0.0, 1.0 * geometry.source_height);
  };
  return {x(box.left), y(box.top), x(box.right), y(box.bottom)};
}

std::unique_ptr<Task> MakeDetectTask(const NetworkInterface& network, const std::string& images,
                                     const std::string& labels, const DetectSettings& settings) {
  return std::make_unique<DetectTask>(network, images, labels, settings);
}

}  // namespace lockstep::evaluate
