// The plugin: decoders, colours and scaling of OpenCV, kept quiet.
#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>
#include <utility>

#include "input/pictures/picture_decoder.h"
#include "input/pictures/resample.h"

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
      placed = Resample(placed, cv::Size(placement.width, placement.height), placement.interpolation);
    }
    if ((placement.top | placement.left | placement.bottom | placement.right) != 0) {
      const auto cut = [](int margin) { return std::max(-margin, 0); };
      const auto add = [](int margin) { return std::max(margin, 0); };
      placed = placed(cv::Range(cut(placement.top), placed.rows - cut(placement.bottom)),
                      cv::Range(cut(placement.left), placed.cols - cut(placement.right)));
      cv::Mat bordered;
      cv::copyMakeBorder(placed, bordered, add(placement.top), add(placement.bottom), add(placement.left),
                         add(placement.right), cv::BORDER_CONSTANT | cv::BORDER_ISOLATED,
                         cv::Scalar::all(placement.border));
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
    return DecodeAs(file, cv::IMREAD_COLOR);
  }

  std::unique_ptr<DecodedPicture> DecodeAsStored(const std::vector<uint8_t>& file) const override {
    return DecodeAs(file, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  }

  std::unique_ptr<PictureFacts> Facts(const std::vector<uint8_t>& file) const override {
    try {
      const cv::Mat stored = cv::imdecode(file, cv::IMREAD_UNCHANGED);
      const cv::Mat upright = cv::imdecode(file, cv::IMREAD_COLOR);
      const cv::Mat unturned = cv::imdecode(file, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
      if (stored.empty() || upright.empty() || unturned.empty()) return nullptr;
      auto facts = std::make_unique<PictureFacts>();
      facts->height = unturned.rows;
      facts->width = unturned.cols;
      facts->channels = stored.channels();
      facts->bits = static_cast<int>(stored.elemSize1() * 8);
      facts->turned = upright.size() != unturned.size() || cv::norm(upright, unturned, cv::NORM_INF) != 0.0;
      return facts;
    } catch (const cv::Exception&) {
      return nullptr;
    }
  }

  std::unique_ptr<OpenVideo> Open(const std::string& path) const override {
    cv::VideoCapture capture(path, cv::CAP_FFMPEG);
    if (!capture.isOpened()) return nullptr;
    return std::make_unique<Video>(capture);
  }

 private:
  static std::unique_ptr<DecodedPicture> DecodeAs(const std::vector<uint8_t>& file, int flags) {
    try {
      cv::Mat picture = cv::imdecode(file, flags);
      if (picture.empty()) return nullptr;
      return std::make_unique<Picture>(std::move(picture));
    } catch (const cv::Exception&) {
      return nullptr;
    }
  }
};

}  // namespace
}  // namespace lockstep::input

extern "C" const lockstep::input::PictureDecoder* lockstep_picture_decoder() {
  static const lockstep::input::OpenCvDecoder decoder;
  return &decoder;
}
