#include "evaluate/picture_runs.h"

#include <atomic>
#include <exception>
#include <mutex>
#include <sstream>

#include "dump/dump.h"
#include "files/digest.h"
#include "files/output_file.h"
#include "threads/start_thread.h"

namespace lockstep::evaluate {
namespace {

std::string DigestOf(const std::filesystem::path& file) {
  const std::vector<uint8_t> bytes = files::ReadFile(file);
  return files::Md5Hex(bytes.data(), bytes.size());
}

// What a result depends on beside the picture and the task: the network, its engine, and how pictures are fed.
std::string SideBasis(const SideOptions& options, const SideInfo& info) {
  std::ostringstream basis;
  basis.precision(9);
  const quantize::InputPreprocess& preprocess = info.input.preprocess;
  basis << DigestOf(options.model) << " " << options.engine << " " << input::Describe(info.input) << " "
        << static_cast<int>(preprocess.color) << " " << static_cast<int>(preprocess.resize) << " "
        << static_cast<int>(preprocess.pad_value);
  for (const float mean : preprocess.mean) basis << " m" << mean;
  for (const float std : preprocess.std) basis << " s" << std;
  for (const graph::Shape& shape : info.output_shapes) basis << " " << graph::ToString(shape);
  return basis.str();
}

// A picture in one variant, with the networks whose results are missing.
struct Job {
  size_t variant = 0;
  size_t picture = 0;
  std::vector<size_t> sides;
  std::vector<std::string> keys;  // by side; empty: its results are not kept
};

class Runs {
 public:
  Runs(const PictureRuns& runs, const Task& task, ResultStore& store,
       const std::function<void(int done, int total)>& advance)
      : runs_(runs), task_(task), store_(store), advance_(advance), results_(runs.sides.size()) {
    for (SideResults& side : results_) {
      side.by_variant.assign(runs.variants.size(), std::vector<PictureResult>(task.pictures().size()));
    }
    FindMissing();
  }

  std::vector<SideResults> Run() {
    const size_t threads = std::min(static_cast<size_t>(runs_.threads), jobs_.size());
    if (!jobs_.empty()) threads::SideBySide(threads, [this](size_t /*worker*/) { Work(); });
    if (error_) std::rethrow_exception(error_);
    return std::move(results_);
  }

 private:
  void FindMissing() {
    std::vector<std::string> bases;
    for (const SideOptions& side : runs_.sides) bases.push_back(SideBasis(side, MakeSide(side)->info()));
    for (size_t picture = 0; picture < task_.pictures().size(); ++picture) {
      const std::string basis = DigestOf(task_.pictures()[picture]) + " " + task_.Basis(picture);
      for (size_t variant = 0; variant < runs_.variants.size(); ++variant) {
        Job job{variant, picture, {}, {}};
        for (size_t side = 0; side < bases.size(); ++side) {
          if (!runs_.sides[side].outputs.empty()) {
            job.keys.emplace_back();
            job.sides.push_back(side);
            continue;
          }
          const std::string all = bases[side] + " " + basis + " " + VariantName(runs_.variants[variant]);
          job.keys.push_back(files::Md5Hex(all.data(), all.size()));
          if (std::optional<PictureResult> known = store_.Find(job.keys.back())) {
            results_[side].by_variant[variant][picture] = std::move(*known);
          } else {
            job.sides.push_back(side);
          }
        }
        if (!job.sides.empty()) jobs_.push_back(std::move(job));
      }
    }
  }

  void Work() {
    try {
      std::vector<std::unique_ptr<Side>> sides(runs_.sides.size());
      for (size_t i = next_++; i < jobs_.size() && !failed_; i = next_++) Compute(jobs_[i], sides);
    } catch (...) {
      failed_ = true;
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!error_) error_ = std::current_exception();
    }
  }

  void Compute(const Job& job, std::vector<std::unique_ptr<Side>>& sides) {
    const input::PictureVariant variant = runs_.variants[job.variant];
    for (const size_t index : job.sides) {
      std::unique_ptr<Side>& side = sides[index];
      if (!side) side = MakeSide(runs_.sides[index]);
      const input::PreparedPicture picture = LoadForSide(side->info(), task_.pictures()[job.picture], variant);
      const std::string name = runs_.names.empty() ? "" : FileName(variant, runs_.names[job.picture]);
      const std::vector<run::OutputTensor> outputs = side->Run({picture.bytes, name});
      PictureResult result = task_.Judge(job.picture, variant, picture.geometry, outputs);
      if (!job.keys[index].empty()) store_.Add(job.keys[index], result);
      const std::lock_guard<std::mutex> lock(mutex_);
      results_[index].by_variant[job.variant][job.picture] = std::move(result);
      results_[index].seconds += side->seconds();
      ++results_[index].computed;
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    advance_(++done_, static_cast<int>(jobs_.size()));
  }

  const PictureRuns& runs_;
  const Task& task_;
  ResultStore& store_;
  const std::function<void(int done, int total)>& advance_;
  std::vector<Job> jobs_;
  std::atomic<size_t> next_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  std::vector<SideResults> results_;
  int done_ = 0;
  std::exception_ptr error_;
};

}  // namespace

const char* VariantName(input::PictureVariant variant) {
  switch (variant) {
    case input::PictureVariant::kMirrored:
      return "mirror";
    case input::PictureVariant::kHalf:
      return "half";
    case input::PictureVariant::kPlain:
      break;
  }
  return "plain";
}

std::string FileName(input::PictureVariant variant, const std::string& name) {
  return std::string(VariantName(variant)) + "/" + name;
}

input::PreparedPicture LoadForSide(const SideInfo& info, const std::string& picture, input::PictureVariant variant) {
  const std::vector<int64_t>& shape = info.input.layout.shape;
  return input::LoadPicture({picture, -1, variant}, info.input.preprocess,
                            {static_cast<int>(shape[1]), static_cast<int>(shape[2])});
}

std::vector<SideResults> RunPictures(const PictureRuns& runs, const Task& task, ResultStore& store,
                                     const std::function<void(int done, int total)>& advance) {
  return Runs(runs, task, store, advance).Run();
}

}  // namespace lockstep::evaluate
