#include "report/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>

namespace lockstep::report {

std::string TimeLeft(double seconds, int done, int total) {
  constexpr double kSays = 3.0;
  if (seconds < kSays || done <= 0 || done >= total) return {};
  const auto left = static_cast<int64_t>(std::ceil(seconds * (total - done) / done));
  if (left < 60) return std::to_string(left) + " s";
  const int64_t minutes = (left + 59) / 60;
  if (minutes < 60) return std::to_string(minutes) + " min";
  return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
}

bool IsTerminal(std::FILE* stream) { return isatty(fileno(stream)) != 0; }

Progress::Progress(std::FILE* stream, int steps, bool quiet)
    : stream_(stream), steps_(steps), quiet_(quiet), terminal_(IsTerminal(stream)) {}

Progress::~Progress() {
  if (!what_.empty() && !quiet_ && terminal_) std::fputs("\r\033[K", stream_);
}

void Progress::Step(const std::string& what) {
  EndStep();
  ++step_;
  what_ = what;
  first_ = -1;
  start_ = std::chrono::steady_clock::now();
  if (!quiet_ && terminal_) {
    std::fprintf(stream_, "[%d/%d] %s", step_, steps_, what.c_str());
    std::fflush(stream_);
  }
}

void Progress::Advance(int done, int total) {
  if (quiet_ || !terminal_ || total <= 0) return;
  if (first_ < 0) first_ = done - 1;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start_;
  const std::string left = TimeLeft(took.count(), done - first_, total - first_);
  constexpr int kWidth = 30;
  const int filled = std::clamp(static_cast<int>(static_cast<int64_t>(done) * kWidth / total), 0, kWidth);
  const std::string bar =
      std::string(static_cast<size_t>(filled), '#') + std::string(static_cast<size_t>(kWidth - filled), '.');
  std::fprintf(stream_, "\r\033[K[%d/%d] %s [%s] %d/%d%s", step_, steps_, what_.c_str(), bar.c_str(), done, total,
               left.empty() ? "" : (", " + left + " left").c_str());
  std::fflush(stream_);
}

void Progress::EndStep() {
  if (what_.empty()) return;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start_;
  if (!quiet_) {
    std::fprintf(stream_, "%s[%d/%d] %s (%.1f s)\n", terminal_ ? "\r\033[K" : "", step_, steps_, what_.c_str(),
                 took.count());
    std::fflush(stream_);
  }
  what_.clear();
}

void Progress::Finish() { EndStep(); }

}  // namespace lockstep::report
