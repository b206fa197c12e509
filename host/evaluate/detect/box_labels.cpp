#include "evaluate/detect/box_labels.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>
#include <utility>

#include "evaluate/label_files.h"
#include "evaluate/picture_files.h"
#include "files/output_file.h"
#include "graph/counted.h"
#include "graph/error.h"
#include "graph/quoted.h"

namespace lockstep::evaluate {
namespace {

constexpr char kExtension[] = ".txt";

namespace fs = std::filesystem;

// Rounding may leave a box that touches the border a little outside.
constexpr double kSlack = 1e-3;

Object BoxOf(const std::vector<double>& numbers) {
  Object object;
  object.box = {numbers[0] - numbers[2] / 2, numbers[1] - numbers[3] / 2, numbers[0] + numbers[2] / 2,
                numbers[1] + numbers[3] / 2};
  return object;
}

Object BoundingBoxOf(const std::vector<double>& corners) {
  Object object;
  object.box = {corners[0], corners[1], corners[0], corners[1]};
  for (size_t i = 0; i < corners.size(); i += 2) {
    object.box.left = std::min(object.box.left, corners[i]);
    object.box.right = std::max(object.box.right, corners[i]);
    object.box.top = std::min(object.box.top, corners[i + 1]);
    object.box.bottom = std::max(object.box.bottom, corners[i + 1]);
  }
  return object;
}

Object ParseLine(const std::string& line, int classes, const std::string& place) {
  constexpr size_t kBoxNumbers = 4;
  constexpr size_t kTriangleNumbers = 6;
  std::istringstream stream(line);
  double label = -1.0;
  stream >> label;
  std::vector<double> numbers;
  for (double number = 0.0; stream >> number;) numbers.push_back(number);
  const bool polygon = numbers.size() >= kTriangleNumbers && numbers.size() % 2 == 0;
  if (!stream.eof() || !(numbers.size() == kBoxNumbers || polygon) || label != static_cast<int>(label)) {
    throw BadInput(place + ": " + graph::Quoted(line) + " is not \"class cx cy w h\"");
  }
  const auto outside = [](double number) { return !(number >= -kSlack && number <= 1.0 + kSlack); };
  if (std::any_of(numbers.begin(), numbers.end(), outside)) {
    throw BadInput(place + ": " + graph::Quoted(line) +
                   " has numbers outside 0 to 1; boxes are given in fractions of the picture's width and height");
  }
  Object object = polygon ? BoundingBoxOf(numbers) : BoxOf(numbers);
  object.label = static_cast<int>(label);
  if (object.label < 0 || object.label >= classes) {
    throw BadInput(place + ": the class is " + std::to_string(object.label) + ", the network has the classes 0 to " +
                   std::to_string(classes - 1) + "; correct the labels or take those of this network");
  }
  return object;
}

std::vector<Object> ReadFileOfBoxes(const std::string& path, int classes) {
  const std::vector<uint8_t> bytes = files::ReadFile(path);
  std::istringstream stream(std::string(bytes.begin(), bytes.end()));
  std::vector<Object> objects;
  int number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r' || line.back() == '\t')) line.pop_back();
    if (!line.empty()) objects.push_back(ParseLine(line, classes, path + ", line " + std::to_string(number)));
  }
  return objects;
}

}  // namespace

BoxLabels ReadBoxLabels(const std::string& images, const std::string& labels, int classes) {
  RequireFolder(images);
  std::error_code error;
  if (fs::path(labels).extension() == ".json" && !fs::is_directory(labels, error)) {
    return ReadCocoLabels(images, labels, classes);
  }
  if (!fs::is_directory(labels, error)) {
    throw BadInput(labels + ": neither a folder of .txt files in YOLO's format nor a COCO .json file; check --labels");
  }
  BoxLabels result;
  result.pictures = PictureFiles(images);
  if (result.pictures.empty()) throw BadInput(images + ": no pictures in this folder");
  std::set<std::string> used;
  size_t without = 0;
  for (const std::string& picture : result.pictures) {
    const std::string path = Beside(labels, picture, kExtension);
    const bool labelled = fs::exists(path, error);
    result.objects.push_back(labelled ? ReadFileOfBoxes(path, classes) : std::vector<Object>());
    if (labelled) used.insert(fs::path(path).filename().string());
    without += labelled ? 0 : 1;
  }
  std::vector<std::string> names = NamesOf(labels, kExtension);
  if (used.empty()) ThrowNoneMatches(labels, names, ".txt file", images, result.pictures);
  if (without != 0) {
    result.notes.push_back(graph::Counted(without, "picture") + " without labels in " + labels +
                           (without == 1 ? " counts" : " count") + " as without objects");
  }
  const auto is_used = [&](const std::string& name) { return used.count(name) != 0; };
  names.erase(std::remove_if(names.begin(), names.end(), is_used), names.end());
  if (!names.empty()) result.notes.push_back(UnmatchedNote(labels, names, ".txt file", images));
  return result;
}

}  // namespace lockstep::evaluate
