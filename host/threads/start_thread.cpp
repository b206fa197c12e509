#include "threads/start_thread.h"

#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

namespace lockstep::threads {
namespace {

class Joined {
 public:
  explicit Joined(size_t most) { threads_.reserve(most); }
  ~Joined() {
    for (std::thread& thread : threads_) thread.join();
  }
  Joined(const Joined&) = delete;
  Joined& operator=(const Joined&) = delete;

  // False if there is no more.
  bool Start(std::function<void()> work) {
    std::thread thread = StartIfAny(std::move(work));
    if (!thread.joinable()) return false;
    threads_.push_back(std::move(thread));
    return true;
  }

 private:
  std::vector<std::thread> threads_;
};

}  // namespace

std::thread StartIfAny(std::function<void()> work) {
  try {
    return std::thread(std::move(work));
  } catch (const std::system_error&) {
    return {};
  }
}

void SideBySide(size_t count, const std::function<void(size_t worker)>& work) {
  Joined others(count);
  for (size_t worker = 1; worker < count; ++worker) {
    if (!others.Start([&work, worker] { work(worker); })) break;
  }
  work(0);
}

size_t CountAtOnce(size_t most) {
  std::mutex held;
  size_t count = 1;
  const auto wait = [&held] { const std::lock_guard<std::mutex> until_all_are_there(held); };
  Joined others(most);
  const std::lock_guard<std::mutex> lock(held);
  while (count < most && others.Start(wait)) ++count;
  return count;
}

}  // namespace lockstep::threads
