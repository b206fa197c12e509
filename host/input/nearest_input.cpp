// Float pictures as the pixels of a joint model.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "dump/values.h"
#include "input/model_input.h"

namespace lockstep::input {
namespace {

// The channel is the last axis in memory.
float OfChannel(const std::vector<float>& values, size_t place, size_t channels) {
  return values[values.size() == 1 ? 0 : place % channels];
}

bool IsPixels(const InputInfo& info) { return info.is_picture() && info.layout.dtype == "u8"; }

std::vector<uint8_t> NearestPixels(const InputInfo& info, const engine::FloatTensor& picture) {
  const std::vector<float> values = dump::ToPhysical(picture.shape, info.layout.axes, picture.data.data());
  const auto channels = static_cast<size_t>(info.layout.shape.back());
  std::vector<uint8_t> pixels(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const float pixel =
        values[i] * OfChannel(info.preprocess.std, i, channels) + OfChannel(info.preprocess.mean, i, channels);
    pixels[i] = static_cast<uint8_t>(std::clamp(std::floor(pixel + 0.5F), 0.0F, 255.0F));
  }
  return pixels;
}

bool IsOfOneColour(const InputInfo& info, const std::vector<uint8_t>& bytes) {
  const auto channels = static_cast<size_t>(info.layout.shape.back());
  const bool bordered = info.preprocess.resize == quantize::InputPreprocess::Resize::kLetterbox;
  const std::vector<uint8_t> border(channels, info.preprocess.pad_value);
  const uint8_t* first = nullptr;
  for (size_t at = 0; at + channels <= bytes.size(); at += channels) {
    const uint8_t* pixel = bytes.data() + at;
    if (bordered && std::memcmp(pixel, border.data(), channels) == 0) continue;
    if (first == nullptr) first = pixel;
    for (size_t channel = 0; channel < channels; ++channel) {
      if (std::abs(pixel[channel] - first[channel]) >= kOneColour) return false;
    }
  }
  return true;
}

}  // namespace

std::vector<std::vector<uint8_t>> NearestJointInputs(const joint::Model& model, const DataItem& item) {
  std::vector<InputInfo> infos = InputsOf(model);
  for (InputInfo& info : infos) info.takes_floats = IsPixels(info);
  InputReader reader(infos);
  const std::vector<InputReader::Data> read = reader.Read(item);
  std::vector<std::vector<uint8_t>> inputs;
  for (size_t i = 0; i < read.size(); ++i) {
    inputs.push_back(read[i].floats ? NearestPixels(infos[i], reader.ToFloats(i, read[i])) : read[i].bytes);
  }
  return inputs;
}

bool ShowsNothing(const joint::Model& model, const std::vector<std::vector<uint8_t>>& inputs) {
  const std::vector<InputInfo> infos = InputsOf(model);
  bool pictures = false;
  for (size_t i = 0; i < infos.size(); ++i) {
    if (!IsPixels(infos[i])) return false;
    pictures = true;
    if (!IsOfOneColour(infos[i], inputs[i])) return false;
  }
  return pictures;
}

}  // namespace lockstep::input
