#include "input/data_list.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "graph/counted.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "input/folder.h"
#include "input/list_file.h"
#include "input/npy.h"

namespace lockstep::input {
namespace {

namespace fs = std::filesystem;

using graph::Counted;

// "a.bin; b.bin": without the blanks around separators.
std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  size_t start = 0;
  for (size_t end = 0; end != std::string::npos; start = end + 1) {
    end = text.find(separator, start);
    const std::string part = text.substr(std::min(start, text.size()), end - start);
    const size_t first = part.find_first_not_of(' ');
    if (first != std::string::npos) parts.push_back(part.substr(first, part.find_last_not_of(' ') + 1 - first));
  }
  return parts;
}

std::string NamesOf(const std::vector<InputInfo>& inputs) {
  std::vector<std::string> names;
  names.reserve(inputs.size());
  for (const InputInfo& input : inputs) names.push_back(input.name);
  return graph::Listed(names);
}

class Lister {
 public:
  Lister(const std::vector<InputInfo>& inputs, const std::string& setting, int frames)
      : inputs_(inputs), flag_("--" + setting), frames_(frames) {}

  DataList Run(const DataSources& sources) {
    if (sources.empty()) RefuseEmpty("");
    for (const DataSource& source : sources) {
      if (source.path.empty()) RefuseEmpty(source.input);
    }
    if (!sources.front().input.empty() || sources.size() > 1) {
      Match(Named(sources));
    } else {
      ListUnnamed(sources.front().path);
    }
    MakeStemsDistinct();
    return std::move(list_);
  }

 private:
  using Parts = std::vector<DataPart>;

  void ListUnnamed(const std::string& path) {
    const std::vector<std::string> files = Split(path, ';');
    if (files.size() > 1 && !fs::exists(path)) {
      AddPositional(files);
    } else if (IsListFile(path) && inputs_.size() > 1) {
      AddLines(path);
    } else if (KindOf(path) == FileKind::kSet && !fs::is_directory(path)) {
      RequireThere(path);
      AddSet(path);
    } else if (fs::is_directory(path) && HoldsSets(path)) {
      for (const std::string& set : ListFolder(path).sets) AddSet(set);
    } else if (inputs_.size() == 1) {
      Match({PartsOf(path, inputs_[0])});
    } else {
      RequireThere(path);
      RefuseCount(1, path);
    }
  }

  [[noreturn]] void RefuseEmpty(const std::string& input) const {
    throw UsageError(flag_ + (input.empty() ? "" : " " + input + "=") +
                     " is empty; name a picture, a .bin or .npy file or a folder");
  }

  void RequireThere(const std::string& path) const {
    if (!fs::exists(path)) throw BadInput("cannot read " + path + ": no such file; check " + flag_);
  }

  // What is no picture has files of values.
  [[noreturn]] void RefuseNoValues(const std::string& path, const InputInfo& input, const std::string& what) const {
    throw BadInput(flag_ + " of the input " + input.name + " (" + Describe(input) + "): " + path + " " + what +
                   "; give its values as .npy or .bin files");
  }

  [[noreturn]] void RefuseCount(size_t given, const std::string& label) const {
    throw UsageError("the model has " + Counted(inputs_.size(), "input") + " (" + NamesOf(inputs_) + "), " + flag_ +
                     " gives " + std::to_string(given) + " (" + label + "); give each its data: " + flag_ + " " +
                     inputs_.front().name + "=PATH");
  }

  void AddPositional(const std::vector<std::string>& files) {
    for (const std::string& file : files) RequireThere(file);
    if (files.size() != inputs_.size()) {
      std::string label;
      for (const std::string& file : files) label += (label.empty() ? "" : ";") + file;
      RefuseCount(files.size(), label);
    }
    std::vector<Parts> parts;
    for (size_t i = 0; i < files.size(); ++i) parts.push_back(PartsOf(files[i], inputs_[i]));
    Match(parts);
  }

  void AddLines(const std::string& path) {
    std::vector<Parts> parts(inputs_.size());
    for (const std::vector<std::string>& files : ReadListFile(path)) {
      if (files.size() != inputs_.size()) RefuseCount(files.size(), "a line of " + path);
      for (size_t i = 0; i < files.size(); ++i) Append(PartsOf(files[i], inputs_[i]), parts[i]);
    }
    Match(parts);
  }

  static void Append(Parts&& more, Parts& parts) {
    parts.insert(parts.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }

  bool HoldsSets(const std::string& folder) const {
    const FolderContent content = ListFolder(folder);
    return !content.sets.empty() && content.raw.empty() && content.arrays.empty() && content.pictures.empty();
  }

  // An .npz with an array for each input and none besides.
  void AddSet(const std::string& path) {
    const std::vector<std::string> arrays = NpzNames(path);
    std::vector<std::string> names;
    for (const InputInfo& input : inputs_) names.push_back(input.name);
    for (const std::string& name : names) {
      if (std::count(arrays.begin(), arrays.end(), name) != 0) continue;
      const std::string nearest = graph::NearestName(name, arrays);
      throw BadInput(path + ": has no array for the input " + name +
                     (nearest.empty() ? "" : " (it has " + nearest + ")") + "; save one under that name");
    }
    for (const std::string& array : arrays) {
      if (std::count(names.begin(), names.end(), array) != 0) continue;
      throw BadInput(path + ": its array " + graph::Quoted(array) + " is for no input of the model (" +
                     NamesOf(inputs_) + "); leave it out");
    }
    DataItem item;
    item.label = path;
    item.stem = fs::path(path).stem().string();
    item.parts.assign(inputs_.size(), DataPart{{}, path});
    list_.items.push_back(std::move(item));
  }

  std::vector<Parts> Named(const DataSources& sources) {
    std::vector<std::string> names;
    for (const InputInfo& input : inputs_) names.push_back(input.name);
    std::vector<std::optional<Parts>> parts(inputs_.size());
    for (const DataSource& source : sources) {
      if (source.input.empty()) RefuseUnnamed(source);
      const auto found = std::find(names.begin(), names.end(), source.input);
      if (found == names.end()) {
        throw UsageError(flag_ + " " + source.input + "=" + source.path + ": the model has no input " +
                         graph::Quoted(source.input) + " (it has " + NamesOf(inputs_) + ")" +
                         graph::DidYouMean(source.input, names));
      }
      const auto position = static_cast<size_t>(found - names.begin());
      if (parts[position]) throw UsageError(flag_ + " gives the input " + source.input + " twice; leave one out");
      parts[position] = PartsOf(source.path, inputs_[position]);
    }
    std::vector<Parts> all;
    for (size_t i = 0; i < parts.size(); ++i) {
      if (!parts[i]) {
        throw UsageError("the input " + names[i] + " gets no data; add " + flag_ + " " + names[i] + "=PATH");
      }
      all.push_back(std::move(*parts[i]));
    }
    return all;
  }

  [[noreturn]] void RefuseUnnamed(const DataSource& source) const {
    throw UsageError(flag_ + " " + source.path + " does not say for which input (" + NamesOf(inputs_) +
                     "); write NAME=" + source.path);
  }

  // A set for each of the parts; an input with one part gives it to every set.
  void Match(const std::vector<Parts>& parts) {
    size_t count = 1;
    size_t longest = 0;
    for (size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].size() <= count) continue;
      count = parts[i].size();
      longest = i;
    }
    for (size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].size() == 1 || parts[i].size() == count) continue;
      throw UsageError(flag_ + ": there is data for " + Counted(count, "run") + " for the input " +
                       inputs_[longest].name + " and for " + std::to_string(parts[i].size()) + " for " +
                       inputs_[i].name + "; give as many, or one file for all");
    }
    for (size_t k = 0; k < count; ++k) {
      DataItem item;
      for (const Parts& of_input : parts) {
        item.parts.push_back(of_input[of_input.size() == 1 ? 0 : k]);
        item.label += (item.label.empty() ? "" : ";") + item.parts.back().Label();
      }
      // Named after an input of which every run has its own.
      const DataPart& naming = item.parts[longest];
      item.stem = fs::path(naming.Path()).stem().string();
      const bool of_video = !naming.pictures.empty() && naming.pictures.front().frame >= 0;
      if (of_video) item.stem += "_" + std::to_string(naming.pictures.front().frame);
      list_.items.push_back(std::move(item));
    }
  }

  Parts PartsOf(const std::string& path, const InputInfo& input) {
    if (IsListFile(path)) {
      Parts parts;
      for (const std::vector<std::string>& files : ReadListFile(path)) {
        if (files.size() != 1) RefuseCount(files.size(), "a line of " + path);
        if (IsListFile(files[0]))
          throw BadInput(path + " names " + files[0] + ", a list within a list; write its lines");
        Append(PartsOf(files[0], input), parts);
      }
      return parts;
    }
    const FileKind kind = KindOf(path);
    if (!fs::is_directory(path)) {
      if (kind != FileKind::kRaw && kind != FileKind::kArray && kind != FileKind::kSet) {
        if (!input.is_picture() && kind == FileKind::kOther) {
          RefuseNoValues(path, input, fs::exists(path) ? "is of no kind that it takes" : "does not exist");
        }
        const auto batch = static_cast<int>(std::min<int64_t>(input.is_picture() ? input.batch() : 1, 1 << 16));
        return Batches(ListPictures(path, frames_ == 1 ? batch : frames_), path, input);
      }
      RequireThere(path);
      return {DataPart{{}, path}};
    }
    const FolderContent content = ListFolder(path);
    RefuseMixture(path, content);
    if (content.raw.empty() && content.arrays.empty()) {
      if (!input.is_picture() && content.pictures.empty()) RefuseNoValues(path, input, "has no file of values");
      std::string skipped;
      Parts parts = Batches(ListPictures(path, frames_, &skipped), path, input);
      if (!skipped.empty()) list_.notes.push_back(skipped);
      return parts;
    }
    Parts parts;
    for (const std::string& file : content.raw.empty() ? content.arrays : content.raw) parts.push_back({{}, file});
    const std::string skipped = SkippedText(path, content.skipped);
    if (!skipped.empty()) list_.notes.push_back(skipped);
    return parts;
  }

  static void RefuseMixture(const std::string& path, const FolderContent& content) {
    std::vector<std::string> kinds;
    if (!content.raw.empty()) kinds.push_back(Counted(content.raw.size(), ".bin file"));
    if (!content.arrays.empty()) kinds.push_back(Counted(content.arrays.size(), ".npy file"));
    if (!content.sets.empty()) kinds.push_back(Counted(content.sets.size(), ".npz file"));
    if (!content.pictures.empty()) kinds.push_back(Counted(content.pictures.size(), "picture"));
    if (kinds.size() < 2) return;
    throw UsageError("the folder " + path + " has " + kinds[0] + " and " + kinds[1] +
                     "; put them into two folders, or name one file");
  }

  Parts Batches(const std::vector<PictureRef>& pictures, const std::string& path, const InputInfo& input) {
    RequirePictures(input, pictures.front());
    const auto batch = static_cast<size_t>(input.batch());
    if (pictures.size() == 1) return {DataPart{std::vector<PictureRef>(batch, pictures[0]), ""}};
    if (pictures.size() < batch) {
      throw BadInput(path + " has " + Counted(pictures.size(), "picture") + ", the input " + input.name +
                     " takes a batch of " + std::to_string(batch) + "; give as many, or one for all entries");
    }
    Parts parts;
    size_t at = 0;
    for (; at + batch <= pictures.size(); at += batch) {
      const auto first = pictures.begin() + static_cast<std::ptrdiff_t>(at);
      parts.push_back({{first, first + static_cast<std::ptrdiff_t>(batch)}, ""});
    }
    if (at < pictures.size()) {
      list_.notes.push_back("the last " + Counted(pictures.size() - at, "picture") + " of " + path +
                            " fill no batch of " + std::to_string(batch) + " and were left out");
    }
    return parts;
  }

  // Throws UsageError where even the endings do not tell two sets apart.
  void MakeStemsDistinct() {
    std::map<std::string, int> uses;
    for (const DataItem& item : list_.items) ++uses[item.stem];
    std::map<std::string, std::string> labels;
    for (DataItem& item : list_.items) {
      const std::string ending = fs::path(item.parts.front().Path()).extension().string();
      if (uses.at(item.stem) > 1 && !ending.empty()) item.stem += "_" + ending.substr(1);
      const auto [other, distinct] = labels.emplace(item.stem, item.label);
      if (distinct) continue;
      throw UsageError(other->second + " and " + item.label + " would both write files named " + item.stem +
                       "; rename one of them");
    }
  }

  const std::vector<InputInfo>& inputs_;
  std::string flag_;
  int frames_;
  DataList list_;
};

}  // namespace

void RequirePictures(const InputInfo& input, const PictureRef& picture) {
  if (input.is_picture()) return;
  throw UsageError("the input " + input.name + " is no picture (" + Describe(input) + "), but " + picture.Label() +
                   " is one; give its values as a .npy or .bin file");
}

std::string DataPart::Label() const { return pictures.empty() ? file : pictures.front().Label(); }

DataList ListData(const DataSources& sources, const std::vector<InputInfo>& inputs, const std::string& setting,
                  int frames_per_video) {
  return Lister(inputs, setting, frames_per_video).Run(sources);
}

std::vector<fs::path> FilesOfData(const DataSources& sources) {
  std::vector<fs::path> files;
  for (const DataSource& source : sources) {
    for (const std::string& path : Split(source.path, ';')) {
      std::error_code ignored;  // reading the data tells what is wrong
      if (!fs::is_directory(path, ignored)) files.emplace_back(path);
      for (const auto& entry : fs::directory_iterator(path, ignored)) {
        if (KindOf(entry.path().string()) != FileKind::kOther) files.push_back(entry.path());
      }
    }
  }
  return files;
}

std::vector<DataItem> SampleItems(const std::vector<DataItem>& items, int count, uint64_t seed) {
  std::vector<DataItem> sample;
  for (const size_t place : SamplePlaces(items.size(), count, seed)) sample.push_back(items[place]);
  return sample;
}

}  // namespace lockstep::input
