// The plugin: decoders, colours and scaling of OpenCV, kept quiet.
#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>
#include <utility>

#include "input/pictures/picture_decoder.h"

namespace lockstep::input {
namespace {

using Color = quantize::InputPreprocess::Color;

cv::Mat ToColor(const cv::Mat& bgr, Color color) {
  cv::Mat converted;
  switch (color) {
    case Color::kBgr:
      return bgr;
    case Color::kRgb:
      cv::cvtColor(bgr, converted, cv::COLOR_BGR2RGB);
      break;
    case Color::kGray:
      cv::cvtColor(bgr, converted, cv::COLOR_BGR2GRAY);
      break;
  }
  return converted;
}

class Picture : public DecodedPicture {
 public:
  explicit Picture(cv::Mat bgr) : bgr_(std::move(bgr)) {}
  int height() const override { return bgr_.rows; }
  int width() const override { return bgr_.cols; }

  std::vector<uint8_t> Place(const Placement& placement) const override {
    cv::Mat placed = ToColor(bgr_, placement.color);
    if (placement.width != placed.cols || placement.height != placed.rows) {
      cv::Mat scaled;
      cv::resize(placed, scaled, cv::Size(placement.width, placement.height), 0, 0, cv::INTER_LINEAR);
      placed = scaled;
    }
    if ((placement.top | placement.left | placement.bottom | placement.right) != 0) {
      cv::Mat bordered;
      cv::copyMakeBorder(placed, bordered, placement.top, placement.bottom, placement.left, placement.right,
                         cv::BORDER_CONSTANT, cv::Scalar::all(placement.border));
      placed = bordered;
    }
    const size_t row = static_cast<size_t>(placed.cols) * placed.elemSize();
    std::vector<uint8_t> bytes(row * static_cast<size_t>(placed.rows));
    for (int y = 0; y < placed.rows; ++y) {
      std::copy_n(placed.ptr<uint8_t>(y), row, bytes.data() + static_cast<size_t>(y) * row);
    }
    return bytes;
  }

  std::unique_ptr<DecodedPicture> Mirrored() const override {
    cv::Mat mirrored;
    cv::flip(bgr_, mirrored, 1);
    return std::make_unique<Picture>(std::move(mirrored));
  }

  std::unique_ptr<DecodedPicture> Halved() const override {
    cv::Mat halved;
    const cv::Size size(std::max(bgr_.cols / 2, 1), std::max(bgr_.rows / 2, 1));
    cv::resize(bgr_, halved, size, 0, 0, cv::INTER_AREA);
    return std::make_unique<Picture>(std::move(halved));
  }

  std::vector<uint8_t> Jpeg(int longest_side) const override {
    cv::Mat small = bgr_;
    const double scale = static_cast<double>(longest_side) / std::max(bgr_.rows, bgr_.cols);
    if (scale < 1.0) cv::resize(bgr_, small, cv::Size(), scale, scale, cv::INTER_AREA);
    std::vector<uint8_t> file;
    cv::imencode(".jpg", small, file, {cv::IMWRITE_JPEG_QUALITY, 80});
    return file;
  }

 private:
  cv::Mat bgr_;
};

class Video : public OpenVideo {
 public:
  explicit Video(const cv::VideoCapture& capture) : capture_(capture) {}
  int64_t frame_count() const override { return static_cast<int64_t>(capture_.get(cv::CAP_PROP_FRAME_COUNT)); }
  void Seek(int64_t frame) override { capture_.set(cv::CAP_PROP_POS_FRAMES, static_cast<double>(frame)); }
  void Skip() override { capture_.grab(); }

  std::unique_ptr<DecodedPicture> Read() override {
    cv::Mat frame;
    if (!capture_.read(frame) || frame.empty()) return nullptr;
    return std::make_unique<Picture>(frame);
  }

 private:
  cv::VideoCapture capture_;
};

class OpenCvDecoder : public PictureDecoder {
 public:
  // OpenCV prints what it also returns; our error is the one line that the user shall see.
  OpenCvDecoder() { cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT); }

  std::unique_ptr<DecodedPicture> Decode(const std::vector<uint8_t>& file) const override {
    try {
      cv::Mat picture = cv::imdecode(file, cv::IMREAD_COLOR);
      if (picture.empty()) return nullptr;
      return std::make_unique<Picture>(std::move(picture));
    } catch (const cv::Exception&) {
      return nullptr;
    }
  }

  std::unique_ptr<OpenVideo> Open(const std::string& path) const override {
    cv::VideoCapture capture(path, cv::CAP_FFMPEG);
    if (!capture.isOpened()) return nullptr;
    return std::make_unique<Video>(capture);
  }
};

}  // namespace
}  // namespace lockstep::input

extern "C" const lockstep::input::PictureDecoder* lockstep_picture_decoder() {
  static const lockstep::input::OpenCvDecoder decoder;
  return &decoder;
}
