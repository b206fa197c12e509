#include "evaluate/classify/class_labels.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "evaluate/label_files.h"
#include "evaluate/picture_files.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "graph/quoted.h"

namespace lockstep::evaluate {
namespace {

namespace fs = std::filesystem;

constexpr int kNone = -1;

// All of `text` as a class; kNone if it is no number.
int ClassOf(const std::string& text) {
  int value = kNone;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && value >= 0 ? value : kNone;
}

int ClassInFront(const std::string& name) {
  size_t digits = 0;
  while (digits < name.size() && std::isdigit(static_cast<unsigned char>(name[digits])) != 0) ++digits;
  if (digits < name.size() && std::isalpha(static_cast<unsigned char>(name[digits])) != 0) return kNone;
  return ClassOf(name.substr(0, digits));
}

// Folders with pictures in them, sorted bytewise.
std::vector<fs::path> ClassFolders(const std::string& images) {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(images)) {
    const bool hidden = entry.path().filename().string()[0] == '.';
    if (!hidden && entry.is_directory() && !PictureFiles(entry.path().string()).empty()) {
      folders.push_back(entry.path());
    }
  }
  std::sort(folders.begin(), folders.end(),
            [](const fs::path& a, const fs::path& b) { return a.native() < b.native(); });
  return folders;
}

ClassLabels FromFolders(const std::vector<fs::path>& folders) {
  const bool numbered = std::all_of(folders.begin(), folders.end(), [](const fs::path& folder) {
    return ClassOf(folder.filename().string()) != kNone;
  });
  ClassLabels labels;
  for (size_t i = 0; i < folders.size(); ++i) {
    const int number = numbered ? ClassOf(folders[i].filename().string()) : static_cast<int>(i);
    for (const std::string& picture : PictureFiles(folders[i].string())) {
      labels.pictures.push_back(picture);
      labels.classes.push_back(number);
    }
  }
  labels.notes.push_back(
      "classes are " +
      std::string(numbered ? "the numbers that the folders are named by" : "the folders in the order of their names") +
      ": " + folders.front().filename().string() + " is class " + std::to_string(labels.classes.front()));
  return labels;
}

ClassLabels FromNames(const std::string& images) {
  ClassLabels labels;
  labels.pictures = PictureFiles(images);
  if (labels.pictures.empty()) throw BadInput(images + ": neither pictures nor folders of pictures lie in this folder");
  for (const std::string& picture : labels.pictures) {
    const int number = ClassInFront(fs::path(picture).filename().string());
    if (number == kNone) {
      throw BadInput(picture +
                     ": no class can be told from its name; begin it with the class, as in 0001_goldfish.jpg, "
                     "put the pictures into a folder for each class, or name a list with --labels");
    }
    labels.classes.push_back(number);
  }
  labels.notes.push_back(
      "classes are the numbers that file names begin with: " + fs::path(labels.pictures.front()).filename().string() +
      " is class " + std::to_string(labels.classes.front()));
  return labels;
}

struct ListedClass {
  int number = 0;
  bool used = false;
};

std::map<std::string, ListedClass> ReadList(const std::string& list) {
  const std::vector<uint8_t> bytes = files::ReadFile(list);
  std::istringstream stream(std::string(bytes.begin(), bytes.end()));
  std::map<std::string, ListedClass> classes;
  int number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back())) != 0) line.pop_back();
    if (line.empty() || line[0] == '#') continue;
    const size_t blank = line.find_last_of(" \t");
    const int label = blank == std::string::npos ? kNone : ClassOf(line.substr(blank + 1));
    if (label == kNone) {
      throw BadInput(list + ", line " + std::to_string(number) + ": " + graph::Quoted(line) +
                     " is not a picture's name, a blank and its class, a number from 0");
    }
    const std::string name = line.substr(0, line.find_last_not_of(" \t", blank) + 1);
    const auto [place, added] = classes.emplace(name, ListedClass{label, false});
    if (!added && place->second.number != label) {
      throw BadInput(list + ", line " + std::to_string(number) + ": " + graph::Quoted(name) +
                     " has two classes; leave one out");
    }
  }
  if (classes.empty()) throw BadInput(list + ": the list is empty; write a line \"NAME CLASS\" for each picture");
  return classes;
}

std::vector<std::string> Unused(const std::map<std::string, ListedClass>& classes) {
  std::vector<std::string> names;
  for (const auto& [name, listed] : classes) {
    if (!listed.used) names.push_back(name);
  }
  return names;
}

ClassLabels FromList(const std::string& images, const std::string& list) {
  std::map<std::string, ListedClass> classes = ReadList(list);
  std::vector<std::string> pictures = PictureFiles(images);
  for (const fs::path& folder : ClassFolders(images)) {
    for (std::string& picture : PictureFiles(folder.string())) pictures.push_back(std::move(picture));
  }
  ClassLabels labels;
  for (const std::string& picture : pictures) {
    auto found = classes.find(fs::path(picture).lexically_relative(images).string());
    if (found == classes.end()) found = classes.find(fs::path(picture).filename().string());
    if (found == classes.end()) continue;
    found->second.used = true;
    labels.pictures.push_back(picture);
    labels.classes.push_back(found->second.number);
  }
  if (labels.pictures.empty()) {
    ThrowNoneMatches(list, Unused(classes), "name", images, pictures);
  }
  const std::vector<std::string> unused = Unused(classes);
  if (!unused.empty()) labels.notes.push_back(UnmatchedNote(list, unused, "name", images));
  const size_t left_out = pictures.size() - labels.pictures.size();
  if (left_out != 0) labels.notes.push_back(LeftOutNote(left_out, "that " + list + " does not list"));
  return labels;
}

}  // namespace

ClassLabels ReadClassLabels(const std::string& images, const std::string& labels) {
  RequireFolder(images);
  std::error_code error;
  if (!labels.empty() && !fs::is_directory(labels, error)) return FromList(images, labels);
  if (!labels.empty() && !fs::equivalent(labels, images, error)) {
    throw BadInput(labels +
                   ": the classes of pictures are told by the folders or names of --images itself, or by a list;"
                   " name a file with lines \"NAME CLASS\", or leave --labels out");
  }
  const std::vector<fs::path> folders = ClassFolders(images);
  return folders.empty() ? FromNames(images) : FromFolders(folders);
}

}  // namespace lockstep::evaluate
