#include "evaluate/segment/segment_task.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "dump/dump.h"
#include "evaluate/label_files.h"
#include "evaluate/picture_files.h"
#include "evaluate/segment/label_map.h"
#include "evaluate/segment/score_map.h"
#include "files/digest.h"
#include "files/output_file.h"
#include "graph/error.h"

namespace lockstep::evaluate {
namespace {

namespace fs = std::filesystem;

class SegmentTask : public Task {
 public:
  SegmentTask(const NetworkInterface& network, const std::string& images, const std::string& labels) : map_(network) {
    RequireFolder(images);
    RequireFolder(labels);
    const std::vector<std::string> all = PictureFiles(images);
    if (all.empty()) throw BadInput(images + ": no pictures in this folder");
    for (const std::string& picture : all) {
      const std::string file = Beside(labels, picture, ".png");
      std::error_code error;
      if (!fs::exists(file, error)) continue;
      pictures_.push_back(picture);
      files_.push_back(file);
    }
    std::vector<std::string> names = NamesOf(labels, ".png");
    if (pictures_.empty()) ThrowNoneMatches(labels, names, ".png file", images, all);
    const size_t left_out = all.size() - pictures_.size();
    if (left_out != 0) notes_.push_back(LeftOutNote(left_out, "without a label map in " + labels));
    const std::set<std::string> used(files_.begin(), files_.end());
    const auto is_used = [&](const std::string& name) { return used.count(Beside(labels, name, ".png")) != 0; };
    names.erase(std::remove_if(names.begin(), names.end(), is_used), names.end());
    if (!names.empty()) notes_.push_back(UnmatchedNote(labels, names, ".png file", images));
  }

  const std::vector<std::string>& pictures() const override { return pictures_; }
  std::vector<std::string> Notes() const override { return notes_; }

  std::string Basis(size_t picture) const override {
    const std::vector<uint8_t> file = files::ReadFile(files_[picture]);
    return "segment " + std::to_string(map_.output()) + " " + files::Md5Hex(file.data(), file.size());
  }

  PictureResult Judge(size_t picture, input::PictureVariant variant, const input::PictureGeometry& geometry,
                      const std::vector<run::OutputTensor>& outputs) const override {
    const run::OutputTensor& output = outputs.at(map_.output());
    const LabelMap labels = ReadLabelMap(files_[picture]);
    std::map<int, ClassArea> areas;
    const auto area = [&](int label) -> ClassArea& {
      ClassArea& entry = areas[label];
      entry.label = label;
      return entry;
    };
    for (int y = 0; y < labels.height; ++y) {
      const double source_y = (y + 0.5) * geometry.source_height / labels.height;
      for (int x = 0; x < labels.width; ++x) {
        const int column = variant == input::PictureVariant::kMirrored ? labels.width - 1 - x : x;
        const uint8_t label =
            labels.labels[static_cast<size_t>(y) * static_cast<size_t>(labels.width) + static_cast<size_t>(column)];
        if (label == kNoLabel) continue;
        const double source_x = (x + 0.5) * geometry.source_width / labels.width;
        const int predicted = map_.ClassAt(output, source_x * geometry.scale_x + geometry.pad_x,
                                           source_y * geometry.scale_y + geometry.pad_y);
        ++area(label).labelled;
        ++area(predicted).predicted;
        if (predicted == label) ++area(label).common;
      }
    }
    PictureResult result;
    for (const auto& [label, entry] : areas) {
      if (entry.labelled != 0 && map_.classes() != 0 && label >= map_.classes()) {
        throw BadInput(files_[picture] + ": has the class " + std::to_string(label) +
                       ", the network has the classes 0 to " + std::to_string(map_.classes() - 1) +
                       "; 255 is for pixels that are not judged");
      }
      result.areas.push_back(entry);
    }
    return result;
  }

  MeasureSelection Measure(const std::vector<PictureResult>& results) const override {
    const bool judged = std::any_of(results.begin(), results.end(), [](const PictureResult& one) {
      return std::any_of(one.areas.begin(), one.areas.end(), [](const ClassArea& area) { return area.labelled != 0; });
    });
    if (!judged && !results.empty()) {
      throw BadInput(
          "nothing was measured: every pixel of the label maps has the label 255, which is not judged, such as in " +
          files_.front() + "; give --labels maps with the numbers of classes");
    }
    return [&results](const std::vector<int>& times_taken) {
      struct Totals {
        double common = 0.0;
        double either = 0.0;
      };
      std::map<int, Totals> totals;
      for (size_t i = 0; i < results.size(); ++i) {
        for (const ClassArea& area : results[i].areas) {
          const double times = times_taken[i];
          Totals& total = totals[area.label];
          total.common += times * static_cast<double>(area.common);
          total.either += times * static_cast<double>(area.labelled + area.predicted - area.common);
        }
      }
      double sum = 0.0;
      int classes = 0;
      for (const auto& [label, total] : totals) {
        if (total.either == 0.0) continue;
        sum += total.common / total.either;
        ++classes;
      }
      return Metrics{{"miou", classes == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / classes}};
    };
  }

 private:
  ScoreMap map_;
  std::vector<std::string> pictures_;
  std::vector<std::string> files_;  // label maps, by picture
  std::vector<std::string> notes_;
};

}  // namespace

std::unique_ptr<Task> MakeSegmentTask(const NetworkInterface& network, const std::string& images,
                                      const std::string& labels) {
  return std::make_unique<SegmentTask>(network, images, labels);
}

}  // namespace lockstep::evaluate
