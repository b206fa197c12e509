// What a network is judged by: labels, what is kept of a picture, and the metrics.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "evaluate/picture_result.h"
#include "input/pictures/pictures.h"
#include "input/pictures/preprocess.h"
#include "run/model_runner.h"

namespace lockstep::evaluate {

struct Metric {
  std::string name;
  double value = 0.0;
};

// The first is the one that is compared with the float network's.
using Metrics = std::vector<Metric>;

// The metrics of a selection of the pictures: how often each of them was taken.
using MeasureSelection = std::function<Metrics(const std::vector<int>& times_taken)>;

// Immutable after it was made: several threads judge pictures at once.
class Task {
 public:
  virtual ~Task() = default;

  // The pictures that have labels, in the order of the folder.
  virtual const std::vector<std::string>& pictures() const = 0;
  // What decides about a picture's result beside the network: the settings and its labels.
  virtual std::string Basis(size_t picture) const = 0;
  // `outputs` are those of one picture, the first of the batch. Throws UsageError for outputs that cannot be judged.
  virtual PictureResult Judge(size_t picture, input::PictureVariant variant, const input::PictureGeometry& geometry,
                              const std::vector<run::OutputTensor>& outputs) const = 0;
  // `results` by picture; they must live as long as the function.
  virtual MeasureSelection Measure(const std::vector<PictureResult>& results) const = 0;
  // What the user should know, one line each.
  virtual std::vector<std::string> Notes() const = 0;
};

// What a task is told of the network.
struct NetworkInterface {
  std::string model;                        // for messages
  input::PictureSize input;                 // of a picture
  std::vector<graph::Shape> output_shapes;  // ONNX order, the batch in front
};

}  // namespace lockstep::evaluate
