// A joint model beside the float network it was made from, on a few pictures: what became of the outputs and of the
// tensors where levels get lost, and what to do about it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "graph/graph.h"
#include "input/data_list.h"
#include "judge/numbers.h"

namespace lockstep::judge {

struct PartNumbers {
  std::string name;  // the tensor that was joined
  int axis = 0;      // of the ONNX order; places from `begin` to `end`
  int64_t begin = 0, end = 0;
  Numbers numbers;
};

struct PictureNumbers {
  std::string picture;
  Numbers numbers;
};

struct Subject {
  std::string tensor;
  std::string node;  // that makes it
  std::string op;
  bool output = false;            // of the network
  bool separate_results = false;  // an output without places: each channel is a result of its own
  std::string dtype;
  Numbers whole;
  std::optional<PictureNumbers> worst;  // of an output, the picture with the least SQNR
  std::vector<PartNumbers> parts;
  std::vector<std::vector<PartNumbers>> channels;  // of an output, place by place, for each axis that may have some
};

struct Finding {
  std::string what;  // is bad
  std::string todo;
  bool lost = false;  // all of an output or of a part, not accuracy alone
};

struct Judgement {
  std::vector<std::string> pictures;
  bool held_back = false;           // the calibration did not use them
  std::vector<std::string> unread;  // sets of inputs that say nothing or cannot be taken, with the reason
  std::vector<Subject> subjects;    // outputs first, then every Concat, Mul, Softmax and Resize
  std::vector<Finding> findings;    // empty: good
};

// What counts as bad. Measured: YOLOv8n keeps 99.7 % of its mAP with no output's part below 11.6 dB; a depthwise
// detector keeps 96 to 98 % at 12 dB, 76 % at 8.4 dB and 62 % at 7 dB.
inline constexpr double kBadOutputSqnr = 10.0;  // a tenth of the energy is error
// Inner tensors may be further off than what is computed from them.
inline constexpr double kBadInnerSqnr = 3.0;
// One picture: its error is nearly as large as what the network gives. Others with larger values would hide it.
inline constexpr double kBadPictureSqnr = 1.0;
// One value everywhere, with an error as large as half the signal or more.
inline constexpr double kLostSqnr = 3.0;

// `graph` is the float network behind the optimiser. `held_back` is passed on.
Judgement Judge(const graph::Graph& graph, const std::vector<uint8_t>& joint_model,
                const std::vector<input::DataItem>& items, bool held_back, int threads);

// The findings of what was measured, worst first.
std::vector<Finding> FindingsOf(const std::vector<Subject>& subjects);

}  // namespace lockstep::judge
