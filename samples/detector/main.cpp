// detector: boxes of YOLOv8 on a picture, from a joint model that it runs itself or from outputs that run_joint wrote.
// Its --help has examples.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "drawing.h"
#include "letterbox.h"
#include "lockstep/runtime.h"
#include "picture_file.h"
#include "yolov8.h"

namespace {

using detector::Box;

constexpr int kCheckFailed = 1;
constexpr int kWrongUsage = 2;
constexpr int kUnsupported = 3;
constexpr int kBadInput = 4;
constexpr int kNoMemory = 5;

// An error with another exit status than kBadInput.
struct Failure : std::runtime_error {
  Failure(const std::string& what, int exit_status) : std::runtime_error(what), status(exit_status) {}
  int status;
};

struct Options {
  std::string picture;
  std::string model;
  std::vector<std::string> raw;
  std::string classes;
  std::string write;
  int network_size = 640;
  detector::DecodeOptions decode;
  bool check = false;
  float check_confidence = 0.5F;
  float check_iou = 0.9F;
};

struct Side {
  std::string title;
  std::vector<float> output;
};

std::vector<std::string> ReadNames(const std::string& path) {
  std::vector<std::string> names;
  if (path.empty()) return names;
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path + "; check --classes");
  for (std::string line; std::getline(file, line);) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (!line.empty()) names.push_back(line);
  }
  return names;
}

std::string PathOfRaw(const std::string& argument) { return argument.substr(argument.rfind('=') + 1); }

// Under any name of the file: a link to it is no other one.
void RequireNoInput(const Options& options) {
  std::vector<std::string> inputs = {options.picture, options.model, options.classes};
  for (const std::string& raw : options.raw) inputs.push_back(PathOfRaw(raw));
  for (const std::string& input : inputs) {
    std::error_code missing;
    if (!std::filesystem::equivalent(options.write, input, missing)) continue;
    throw Failure(options.write + ": is an input, and --write would replace it; name another file", kWrongUsage);
  }
}

Side ReadRaw(const std::string& argument) {
  const size_t equals = argument.rfind('=');
  const std::string path = PathOfRaw(argument);
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path + "; check --raw");
  const std::vector<char> bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  Side side;
  side.title = equals == std::string::npos ? path : argument.substr(0, equals);
  side.output.resize(bytes.size() / sizeof(float));
  std::memcpy(side.output.data(), bytes.data(), side.output.size() * sizeof(float));
  return side;
}

void ThrowIf(const lockstep::Status& status) {
  switch (status.code()) {
    case lockstep::StatusCode::kOk:
      return;
    case lockstep::StatusCode::kInvalidArgument:
      throw Failure(status.message(), kWrongUsage);
    case lockstep::StatusCode::kUnsupported:
      throw Failure(status.message(), kUnsupported);
    case lockstep::StatusCode::kOutOfMemory:
      throw Failure(status.message(), kNoMemory);
    default:
      throw std::runtime_error(status.message());
  }
}

Side RunModel(const std::string& path, const cv::Mat& picture, const detector::Letterbox& letterbox, cv::Size network) {
  auto model = lockstep::Model::Open(path.c_str());
  ThrowIf(model.status());
  auto session = lockstep::Session::Create(model.value(), {});
  ThrowIf(session.status());
  const std::vector<uint8_t> input = detector::NetworkInput(picture, letterbox, network);
  const lockstep::TensorInfo wanted = session.value().input_info(0);
  if (wanted.bytes != input.size()) {
    throw std::runtime_error(path + ": the input takes " + std::to_string(wanted.bytes) + " bytes, a picture has " +
                             std::to_string(input.size()) + "; give the network's --size");
  }
  std::memcpy(session.value().input(0), input.data(), input.size());
  ThrowIf(session.value().Run());
  const lockstep::TensorInfo info = session.value().output_info(0);
  if (info.dtype != lockstep::DataType::kF32) throw std::runtime_error(path + ": the output is not float32");
  Side side;
  side.title = "this PC";
  side.output.resize(info.bytes / sizeof(float));
  std::memcpy(side.output.data(), session.value().output(0), info.bytes);
  return side;
}

std::string NameOf(int label, const std::vector<std::string>& names) {
  return static_cast<size_t>(label) < names.size() ? names[static_cast<size_t>(label)] : std::to_string(label);
}

// The first of the two sides has to have what the second, the reference, has. `worst` is in the picture's pixels.
void RequireAgreement(const detector::Agreement& agreement, const cv::Rect2f& worst, const Options& options,
                      const std::vector<std::string>& names, const std::vector<Side>& sides) {
  char text[160];
  if (agreement.boxes == 0) {
    std::snprintf(text, sizeof(text), " has no box above --check-conf %.2f and --conf %.2f; lower them",
                  static_cast<double>(options.check_confidence), static_cast<double>(options.decode.confidence));
    throw Failure("check failed, there is nothing to check: " + sides[1].title + text, kCheckFailed);
  }
  if (agreement.min_iou >= options.check_iou) return;
  const std::string name = NameOf(agreement.worst.label, names);
  std::snprintf(text, sizeof(text), " at x %.1f y %.1f width %.1f height %.1f overlaps no ",
                static_cast<double>(worst.x), static_cast<double>(worst.y), static_cast<double>(worst.width),
                static_cast<double>(worst.height));
  std::string what = "check failed: the " + name + " of " + sides[1].title + text + name + " of " + sides[0].title;
  std::snprintf(text, sizeof(text), " with more than IoU %.3f; --check-iou asks for %.3f",
                static_cast<double>(agreement.min_iou), static_cast<double>(options.check_iou));
  throw Failure(what + text, kCheckFailed);
}

void Detect(const Options& options) {
  if (!options.write.empty()) {
    RequireNoInput(options);
    detector::RequireWritablePicture(options.write);
  }
  const cv::Mat picture = detector::ReadPicture(options.picture);
  const cv::Size network(options.network_size, options.network_size);
  const detector::Letterbox letterbox = detector::FitPicture(picture.size(), network);
  const std::vector<std::string> names = ReadNames(options.classes);
  constexpr int kCocoClasses = 80;
  const int classes = names.empty() ? kCocoClasses : static_cast<int>(names.size());

  std::vector<Side> sides;
  for (const std::string& raw : options.raw) sides.push_back(ReadRaw(raw));
  if (!options.model.empty()) sides.push_back(RunModel(options.model, picture, letterbox, network));

  std::vector<std::vector<Box>> found;
  std::vector<cv::Mat> drawn;
  for (const Side& side : sides) {
    const auto rows = static_cast<size_t>(classes) + 4;
    if (side.output.empty() || side.output.size() % rows != 0) {
      throw std::runtime_error(side.title + ": " + std::to_string(side.output.size()) + " values are not (4 + " +
                               std::to_string(classes) + " classes) x candidates; check --raw and --classes");
    }
    std::vector<Box> boxes = detector::Decode(side.output, classes, options.decode);
    found.push_back(boxes);
    std::printf("%s: %zu boxes\n", side.title.c_str(), boxes.size());
    for (Box& box : boxes) {
      box.rectangle = detector::ToPicture(box.rectangle, letterbox);
      std::printf("  %-14s %.3f  x %6.1f  y %6.1f  width %6.1f  height %6.1f\n", NameOf(box.label, names).c_str(),
                  static_cast<double>(box.confidence), static_cast<double>(box.rectangle.x),
                  static_cast<double>(box.rectangle.y), static_cast<double>(box.rectangle.width),
                  static_cast<double>(box.rectangle.height));
    }
    drawn.push_back(detector::DrawDetections(picture, boxes, names, side.title));
  }
  if (!options.write.empty()) detector::WritePicture(options.write, detector::SideBySide(drawn));
  if (!options.check) return;
  const detector::Agreement agreement = detector::Compare(found[1], found[0], options.check_confidence);
  RequireAgreement(agreement, detector::ToPicture(agreement.worst.rectangle, letterbox), options, names, sides);
  std::printf("check: %d boxes of %s above %.2f, min IoU %.3f\n", agreement.boxes, sides[1].title.c_str(),
              static_cast<double>(options.check_confidence), static_cast<double>(agreement.min_iou));
}

// What is wrong with the command line, in the words of this program.
std::string Explain(const CLI::App& app, const CLI::Error& error) {
  const std::string text = error.what();
  const CLI::Option* blamed = nullptr;  // the longest name: --check is a part of --check-iou
  for (const CLI::Option* option : app.get_options()) {
    const std::string name = option->get_name();
    if (text.find(name) == std::string::npos) continue;
    if (blamed == nullptr || name.size() > blamed->get_name().size()) blamed = option;
  }
  const std::string kind = error.get_name();
  if (kind == "ExtrasError" || blamed == nullptr) {
    const std::vector<std::string> extra = app.remaining();
    return extra.empty() ? "the command line cannot be understood" : "'" + extra.front() + "' is not expected";
  }
  const std::string name = blamed->get_name();
  if (kind == "RequiredError") return "the " + name + " is missing";
  if (kind == "RequiresError") return name + " has no effect without --check";
  return name + " needs another value (" + blamed->get_description() + ")";
}

int Fail(const char* what, int status) {
  std::fprintf(stderr, "detector: %s\n", what);
  return status;
}

CLI::Option* AddShare(CLI::App& app, const char* flag, float& value, const char* help) {
  char text[160];
  std::snprintf(text, sizeof(text), "%s; 0 to 1, default %g", help, static_cast<double>(value));
  return app.add_option(flag, value, text)->check(CLI::Range(0.0, 1.0))->option_text("FLOAT");
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Boxes of YOLOv8 on a picture");
  app.add_option("picture", options.picture, "the photograph")->required();
  app.add_option("--model", options.model, "a joint model to run here");
  app.add_option("--raw", options.raw, "TITLE=FILE: a float32 output that was computed elsewhere; may be repeated")
      ->take_all();
  app.add_option("--classes", options.classes, "a file with one class name per line");
  app.add_option("--write", options.write, "where the picture with boxes goes (.png, .jpg)");
  app.add_option("--size", options.network_size, "side of the network's square input, 32 to 4096, default 640")
      ->check(CLI::Range(32, 4096))
      ->option_text("INT");
  AddShare(app, "--conf", options.decode.confidence, "boxes below are dropped");
  AddShare(app, "--iou", options.decode.iou, "overlap from which the weaker of two boxes is dropped");
  CLI::Option* check = app.add_flag("--check", options.check,
                                    "status 1 unless each box of the reference has one of its class on the other side");
  AddShare(app, "--check-conf", options.check_confidence, "the reference's boxes above are checked, with --check")
      ->needs(check);
  AddShare(app, "--check-iou", options.check_iou,
           "the least overlap (intersection over union) that passes, with --check")
      ->needs(check);
  app.footer(
      "sides: the --raw in their order, then the --model; --check needs two, of which the second is the reference\n\n"
      "examples:\n"
      "  detector street.jpg --model yolov8n.joint --classes classes.txt --write boxes.png\n"
      "  detector street.jpg --raw board=board/output0.bin --raw float=pc/output0.bin --check --write both.png\n\n"
      "exit status: 0 good, 1 the check failed, 2 wrong usage, 3 unsupported model, 4 corrupt or unreadable file,\n"
      "             5 not enough memory");
  app.failure_message([](const CLI::App* given, const CLI::Error& error) {
    return "detector: " + Explain(*given, error) + "; `detector --help` shows what there is\n";
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int status = app.exit(error);
    return status == 0 ? 0 : kWrongUsage;
  }
  const size_t sides = options.raw.size() + (options.model.empty() ? 0 : 1);
  if (sides == 0 || (options.check && sides != 2)) {
    return Fail("give --model or --raw, and two sides for --check", kWrongUsage);
  }
  try {
    Detect(options);
    // What was printed counts once it is written: a full disk behind a redirection is a failure.
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return 0;
    return Fail("standard output cannot be written; free space where it is redirected to", kBadInput);
  } catch (const Failure& error) {
    return Fail(error.what(), error.status);
  } catch (const std::exception& error) {
    return Fail(error.what(), kBadInput);
  }
}
