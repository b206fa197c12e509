#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "evaluate/detect/box_labels.h"
#include "evaluate/label_files.h"
#include "evaluate/picture_files.h"
#include "files/output_file.h"
#include "graph/error.h"

namespace lockstep::evaluate {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct CocoImage {
  std::string name;
  double width = 0.0;
  double height = 0.0;
};

// The file's fields, with errors that name them.
class CocoFile {
 public:
  explicit CocoFile(std::string path) : path_(std::move(path)) {
    const std::vector<uint8_t> bytes = files::ReadFile(path_);
    json_ = json::parse(bytes.begin(), bytes.end(), nullptr, false);
    if (!json_.is_object()) throw BadInput(path_ + ": is no JSON object; give COCO's instances_*.json");
  }

  const json& List(const char* key) const {
    const auto found = json_.find(key);
    if (found == json_.end() || !found->is_array()) {
      throw BadInput(path_ + ": has no list \"" + key +
                     "\"; give COCO's instances_*.json, with images, annotations and "
                     "categories");
    }
    return *found;
  }

  template <typename Value>
  Value Get(const json& entry, const char* list, size_t index, const char* key) const {
    try {
      return entry.at(key).get<Value>();
    } catch (const json::exception&) {
      throw BadInput(path_ + ": " + list + "[" + std::to_string(index) + "]." + key +
                     " is missing or of another type; correct the file");
    }
  }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  json json_;
};

std::map<int64_t, int> ClassesById(const CocoFile& file, int classes) {
  std::set<int64_t> ids;
  size_t index = 0;
  for (const json& category : file.List("categories")) {
    ids.insert(file.Get<int64_t>(category, "categories", index++, "id"));
  }
  const bool by_order = static_cast<int>(ids.size()) == classes;
  std::map<int64_t, int> by_id;
  for (const int64_t id : ids) {
    const auto place = static_cast<int64_t>(by_id.size());
    const int64_t label = by_order ? place : id;
    if (label < 0 || label >= classes) {
      throw BadInput(file.path() + ": has " + std::to_string(ids.size()) +
                     (ids.size() == 1 ? " category" : " categories") + ", the network " + std::to_string(classes) +
                     (classes == 1 ? " class" : " classes") + ", and the category " + std::to_string(id) +
                     " is none of them; give as many categories as classes, or their numbers as ids");
    }
    by_id[id] = static_cast<int>(label);
  }
  return by_id;
}

std::map<int64_t, CocoImage> ImagesById(const CocoFile& file) {
  std::map<int64_t, CocoImage> images;
  size_t index = 0;
  for (const json& image : file.List("images")) {
    CocoImage& entry = images[file.Get<int64_t>(image, "images", index, "id")];
    entry.name = fs::path(file.Get<std::string>(image, "images", index, "file_name")).filename().string();
    entry.width = file.Get<double>(image, "images", index, "width");
    entry.height = file.Get<double>(image, "images", index, "height");
    if (!(entry.width > 0.0 && entry.height > 0.0)) {
      throw BadInput(file.path() + ": images[" + std::to_string(index) + "] has no extent; correct width and height");
    }
    ++index;
  }
  return images;
}

std::map<std::string, std::vector<Object>> ObjectsByName(const CocoFile& file, int classes) {
  const std::map<int64_t, int> labels = ClassesById(file, classes);
  const std::map<int64_t, CocoImage> images = ImagesById(file);
  std::map<std::string, std::vector<Object>> by_name;
  for (const auto& [id, image] : images) by_name[image.name];
  size_t index = 0;
  for (const json& annotation : file.List("annotations")) {
    const std::string place = file.path() + ": annotations[" + std::to_string(index) + "]";
    const auto image = images.find(file.Get<int64_t>(annotation, "annotations", index, "image_id"));
    if (image == images.end()) throw BadInput(place + ".image_id is none of the images; correct the file");
    const auto label = labels.find(file.Get<int64_t>(annotation, "annotations", index, "category_id"));
    if (label == labels.end()) throw BadInput(place + ".category_id is none of the categories; correct the file");
    const auto box = file.Get<std::vector<double>>(annotation, "annotations", index, "bbox");
    if (box.size() != 4) throw BadInput(place + ".bbox is not [x, y, width, height]; correct the file");
    Object object;
    const auto& [name, width, height] = image->second;
    object.box = {box[0] / width, box[1] / height, (box[0] + box[2]) / width, (box[1] + box[3]) / height};
    object.label = label->second;
    for (const char* key : {"iscrowd", "ignore"}) {
      if (annotation.contains(key)) {
        object.crowd = object.crowd || file.Get<int>(annotation, "annotations", index, key) != 0;
      }
    }
    by_name[name].push_back(object);
    ++index;
  }
  return by_name;
}

std::vector<std::string> NamesIn(const std::map<std::string, std::vector<Object>>& by_name) {
  std::vector<std::string> names;
  for (const auto& [name, objects] : by_name) names.push_back(name);
  return names;
}

}  // namespace

BoxLabels ReadCocoLabels(const std::string& images, const std::string& file, int classes) {
  std::map<std::string, std::vector<Object>> by_name = ObjectsByName(CocoFile(file), classes);
  const std::vector<std::string> pictures = PictureFiles(images);
  BoxLabels result;
  for (const std::string& picture : pictures) {
    const auto found = by_name.find(fs::path(picture).filename().string());
    if (found == by_name.end()) continue;
    result.pictures.push_back(picture);
    result.objects.push_back(std::move(found->second));
  }
  if (result.pictures.empty()) {
    ThrowNoneMatches(file, NamesIn(by_name), "image", images, pictures);
  }
  const size_t left_out = pictures.size() - result.pictures.size();
  if (left_out != 0) result.notes.push_back(LeftOutNote(left_out, "that " + file + " does not list"));
  for (const std::string& picture : result.pictures) by_name.erase(fs::path(picture).filename().string());
  if (!by_name.empty()) result.notes.push_back(UnmatchedNote(file, NamesIn(by_name), "image", images));
  return result;
}

}  // namespace lockstep::evaluate
