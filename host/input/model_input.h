// The inputs of one run: files and pictures as bytes of the model's tensors, and as the float engine takes them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/float/float_engine.h"
#include "graph/graph.h"
#include "input/data_list.h"
#include "input/input_info.h"
#include "joint_generated.h"

namespace lockstep::input {

// Reads sets of inputs; keeps the videos of the last ones open, so read frames in ascending order.
class InputReader {
 public:
  explicit InputReader(std::vector<InputInfo> inputs);
  ~InputReader();
  InputReader(InputReader&&) noexcept;

  struct Data {
    std::vector<uint8_t> bytes;  // of the input's tensor, in its order; float32 in ONNX order if `floats`
    bool floats = false;
  };

  // By position. Throws BadInput that names the file, what the input takes and what the file has.
  std::vector<Data> Read(const DataItem& item);

  // What was read stands for, in ONNX order.
  engine::FloatTensor ToFloats(size_t input, const Data& data) const;

  const std::vector<InputInfo>& inputs() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The bytes of a joint model's inputs, by position.
std::vector<std::vector<uint8_t>> JointInputs(const joint::Model& model, const DataItem& item);

// The same where a picture may also be what the float network takes, float32 in ONNX order: each value becomes that of
// the nearest pixel.
std::vector<std::vector<uint8_t>> NearestJointInputs(const joint::Model& model, const DataItem& item);

// Grey levels: a picture whose pixels differ by less in every channel is of one colour.
inline constexpr int kOneColour = 8;

// Whether every picture among the inputs is of one colour, its letterbox's borders left out: such a set shows nothing
// of what a network does.
bool ShowsNothing(const joint::Model& model, const std::vector<std::vector<uint8_t>>& inputs);

// What the float engine must get for `graph`, the network that `model` was made from, so that it sees the same, by the
// names of the graph's inputs. Throws UsageError if the two do not belong together, or the model does not say what its
// bytes are.
std::map<std::string, engine::FloatTensor> FloatInputsOf(const joint::Model& model,
                                                         const std::vector<std::vector<uint8_t>>& inputs,
                                                         const graph::Graph& graph);

// The inputs of a float network, by name.
std::map<std::string, engine::FloatTensor> FloatInputs(const std::vector<InputInfo>& inputs, const DataItem& item);

}  // namespace lockstep::input
