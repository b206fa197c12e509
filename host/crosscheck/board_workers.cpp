#include "crosscheck/board_workers.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <system_error>
#include <utility>

#include "crosscheck/board_round.h"
#include "graph/error.h"
#include "threads/start_thread.h"

namespace lockstep::crosscheck {

BoardWorkers::BoardWorkers(const std::vector<boards::BoardPool>& pools, const LayerLinks& links,
                           const CrosscheckOptions& options)
    : pools_(pools), links_(links), options_(options), waiting_(pools.size()) {
  for (const boards::BoardPool& pool : pools) able_.push_back(pool.boards.size());
  for (size_t pool = 0; pool < pools.size(); ++pool) {
    for (const auto& board : pools[pool].boards) {
      std::thread thread = threads::StartIfAny([this, pool, one = board.get()] { Work(pool, *one); });
      if (thread.joinable()) {
        threads_.push_back(std::move(thread));
      } else {
        without_thread_.push_back({pool, board.get()});
      }
    }
  }
}

BoardWorkers::~BoardWorkers() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

size_t BoardWorkers::WorthHolding() const {
  size_t most = 1;
  for (const boards::BoardPool& pool : pools_) most = std::max(most, pool.boards.size());
  return most + 1;  // the next one is made while these are run
}

void BoardWorkers::Add(RoundWork& work) {
  work.results.resize(pools_.size());
  work.left = pools_.size();
  for (size_t pool = 0; pool < pools_.size(); ++pool) {
    work.results[pool].folder = work.round.work / ("board_" + std::to_string(pool));
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (std::deque<RoundWork*>& waiting : waiting_) waiting.push_back(&work);
  }
  changed_.notify_all();
}

void BoardWorkers::Wait(const RoundWork& work) {
  std::unique_lock<std::mutex> lock(mutex_);
  while (work.left != 0) {
    if (!RunWithoutThread(lock)) changed_.wait(lock);
  }
  for (const BoardRound& result : work.results) {
    if (result.error) std::rethrow_exception(result.error);
  }
}

void BoardWorkers::Work(size_t pool, boards::Board& board) {
  std::unique_lock<std::mutex> lock(mutex_);
  do {
    changed_.wait(lock, [&] { return ends_ || CanRun(pool, board); });
  } while (!ends_ && RunNext(pool, board, lock));
}

bool BoardWorkers::CanRun(size_t pool, const boards::Board& board) const {
  constexpr int kHereAtOnce = 2;
  return !waiting_[pool].empty() && (!board.OnThisPc() || busy_here_ < kHereAtOnce);
}

bool BoardWorkers::RunNext(size_t pool, boards::Board& board, std::unique_lock<std::mutex>& lock) {
  const int here = board.OnThisPc() ? 1 : 0;
  RoundWork& work = *waiting_[pool].front();
  waiting_[pool].pop_front();
  busy_here_ += here;
  lock.unlock();
  RunBoard(board, work.round, links_, options_, work.results[pool]);
  lock.lock();
  busy_here_ -= here;
  const bool leaves = Leaves(pool, board, work.results[pool]);
  if (leaves) {
    waiting_[pool].push_front(&work);
  } else {
    --work.left;
  }
  changed_.notify_all();
  return !leaves;
}

bool BoardWorkers::RunWithoutThread(std::unique_lock<std::mutex>& lock) {
  const auto able = std::find_if(without_thread_.begin(), without_thread_.end(),
                                 [&](const auto& entry) { return CanRun(entry.first, *entry.second); });
  if (able == without_thread_.end()) return false;
  if (!RunNext(able->first, *able->second, lock)) without_thread_.erase(able);
  return true;
}

bool BoardWorkers::Leaves(size_t pool, const boards::Board& board, BoardRound& result) {
  if (!result.error || able_[pool] == 1) return false;
  try {
    std::rethrow_exception(result.error);
  } catch (const BoardError& error) {
    notes_.push_back(board.name() + " failed and left its inputs to the others of its pool: " + error.what());
  } catch (...) {
    return false;  // the model's or the input's own fault: the others would fail too
  }
  --able_[pool];
  BoardRound anew;
  anew.folder = result.folder;
  std::error_code ignored;
  std::filesystem::remove_all(anew.folder, ignored);
  result = std::move(anew);
  return true;
}

}  // namespace lockstep::crosscheck
