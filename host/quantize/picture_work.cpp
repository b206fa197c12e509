#include "quantize/picture_work.h"

#include <algorithm>
#include <exception>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "graph/error.h"
#include "quantize/quantize.h"
#include "threads/start_thread.h"

namespace lockstep::quantize {
namespace {

constexpr int kMostWorkers = 8;  // each has the network's weights and activations in memory

// What the workers share: where the pictures come from, and what was found.
class SharedPictures {
 public:
  explicit SharedPictures(CalibrationSource& source) : source_(source) {}

  struct Picture {
    int number = 0;  // from 1
    CalibrationInput input;
  };

  // Nothing at the end, or after a failure.
  std::optional<Picture> Next() {
    const std::lock_guard<std::mutex> lock(taking_);
    if (Failed()) return std::nullopt;
    ++given_;
    try {
      if (auto input = source_.Next()) return Picture{given_, std::move(*input)};
    } catch (...) {
      Fail(given_);
    }
    return std::nullopt;
  }

  void Deliver(int number, TakeFindings take) {
    const std::lock_guard<std::mutex> lock(finding_);
    waiting_[number] = std::move(take);
    while (!waiting_.empty() && waiting_.begin()->first == taken_ + 1) {
      ++taken_;
      waiting_.begin()->second();
      waiting_.erase(waiting_.begin());
    }
  }

  // The exception in flight; of several the one of the first picture stays, so that the message is always the same.
  void Fail(int number) {
    const std::lock_guard<std::mutex> lock(finding_);
    if (number >= failed_number_) return;
    failed_number_ = number;
    failure_ = std::current_exception();
  }

  int Finish() const {
    if (failure_) std::rethrow_exception(failure_);
    if (taken_ == 0) throw BadInput("calibration got no inputs; give a folder with pictures");
    return taken_;
  }

 private:
  bool Failed() {
    const std::lock_guard<std::mutex> lock(finding_);
    return failure_ != nullptr;
  }

  std::mutex taking_;
  CalibrationSource& source_;
  int given_ = 0;

  std::mutex finding_;
  int taken_ = 0;
  std::map<int, TakeFindings> waiting_;  // for an earlier picture
  int failed_number_ = std::numeric_limits<int>::max();
  std::exception_ptr failure_;
};

}  // namespace

size_t WorkersFor(const CalibrationSource& source, int threads) {
  return static_cast<size_t>(std::clamp(source.size(), 1, std::min(ThreadsOf(threads), kMostWorkers)));
}

int WorkOnPictures(CalibrationSource& source, size_t workers,
                   const std::function<PictureWork(size_t worker)>& make_work) {
  SharedPictures shared(source);
  const auto run = [&](size_t worker) {
    int number = 0;
    try {
      const PictureWork work = make_work(worker);
      while (const auto picture = shared.Next()) {
        number = picture->number;
        shared.Deliver(number, work(picture->input));
      }
    } catch (...) {
      shared.Fail(number);
    }
  };
  threads::SideBySide(workers, run);
  return shared.Finish();
}

}  // namespace lockstep::quantize
