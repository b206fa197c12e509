// Turns a picture into the network's input: decoding, colour order, resizing, and the bytes or floats of the tensor.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/float/float_engine.h"
#include "input/pictures/pictures.h"
#include "quantize/quantized_graph.h"

namespace lockstep::input {

// Where the source picture lies in the input tensor: x_tensor = x_source * scale_x + pad_x, likewise y. A letterbox has
// one scale for both axes; its paddings are the columns and rows in front of the picture.
struct PictureGeometry {
  int source_width = 0;
  int source_height = 0;
  double scale_x = 1.0;
  double scale_y = 1.0;
  int pad_x = 0;
  int pad_y = 0;
};

struct PreparedPicture {
  int height = 0;
  int width = 0;
  int channels = 0;            // 3, or 1 for GRAY
  std::vector<uint8_t> bytes;  // H,W,C: what the board gets
  PictureGeometry geometry;
};

int ChannelCount(quantize::InputPreprocess::Color color);

// What is wrong with `mean` and `std`, by key; empty if nothing is.
std::map<std::string, std::string> MeanAndStdProblems(const quantize::InputPreprocess& preprocess);

// A question where mean and std look like those of pixels from 0 to 1, which pixels here are not; empty elsewhere.
std::string MeanAndStdDoubt(const quantize::InputPreprocess& preprocess);

// The size that a picture must be brought to, from a graph input's shape (N,C,H,W, or N,H,W,C with `channels_last`).
// `network` is what messages call the file. Throws UsageError naming the tensor if the shape is no picture's or the
// channels do not fit the colour, the mean or the standard deviation.
struct PictureSize {
  int height = 0;
  int width = 0;
};
PictureSize CheckPreprocess(const std::string& network, const std::string& tensor, const graph::Shape& shape,
                            const quantize::InputPreprocess& preprocess, bool channels_last = false);

// The geometry of `resize` alone, as Ultralytics computes it: scale = min(H/h, W/w), the scaled sides rounded, the
// padding halved with the odd pixel behind. kNone throws BadInput naming `label` if the size is not the tensor's.
PictureGeometry FitPicture(int source_height, int source_width, PictureSize size,
                           quantize::InputPreprocess::Resize resize, const std::string& label);

// Reads pictures and video frames; keeps the video of the last frame open, so read frames in ascending order.
class PictureReader {
 public:
  PictureReader(const quantize::InputPreprocess& preprocess, PictureSize size);
  ~PictureReader();
  PictureReader(PictureReader&&) noexcept;

  // Throws BadInput naming the picture if it cannot be read or is damaged.
  PreparedPicture Read(const PictureRef& picture);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A picture file as it is.
struct WholePicture {
  int height = 0;
  int width = 0;
  std::vector<uint8_t> rgb;  // H,W,3
};

// Throws BadInput naming the file if it cannot be read or is damaged.
WholePicture ReadWholePicture(const std::string& path);

PreparedPicture LoadPicture(const PictureRef& picture, const quantize::InputPreprocess& preprocess, PictureSize size);

// (value - mean) / std of one channel.
float Normalised(const quantize::InputPreprocess& preprocess, size_t channel, float value);

// (pixel - mean) / std in ONNX order. `shape` is that of the pixels, N,H,W,C; `axes` is empty where ONNX has the same
// order, else it is N,C,H,W.
std::vector<float> NormalisedPixels(const graph::Shape& shape, const std::vector<int>& axes,
                                    const std::vector<uint8_t>& pixels, const quantize::InputPreprocess& preprocess);

// (pixel - mean) / std in ONNX order, shape (1,C,H,W).
engine::FloatTensor ToFloatTensor(const PreparedPicture& picture, const quantize::InputPreprocess& preprocess);

}  // namespace lockstep::input
