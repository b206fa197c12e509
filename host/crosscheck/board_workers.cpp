#include "crosscheck/board_workers.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <system_error>
#include <utility>

#include "crosscheck/board_round.h"
#include "graph/error.h"

namespace lockstep::crosscheck {

BoardWorkers::BoardWorkers(const std::vector<boards::BoardPool>& pools, const LayerLinks& links,
                           const CrosscheckOptions& options)
    : pools_(pools), links_(links), options_(options), waiting_(pools.size()) {
  for (const boards::BoardPool& pool : pools) able_.push_back(pool.boards.size());
  for (size_t pool = 0; pool < pools.size(); ++pool) {
    for (const auto& board : pools[pool].boards) {
      threads_.emplace_back([this, pool, one = board.get()] { Work(pool, *one); });
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
  changed_.wait(lock, [&] { return work.left == 0; });
  for (const BoardRound& result : work.results) {
    if (result.error) std::rethrow_exception(result.error);
  }
}

void BoardWorkers::Work(size_t pool, boards::Board& board) {
  constexpr int kHereAtOnce = 2;
  const bool here = board.OnThisPc();
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return ends_ || (!waiting_[pool].empty() && (!here || busy_here_ < kHereAtOnce)); });
    if (ends_) return;
    RoundWork& work = *waiting_[pool].front();
    waiting_[pool].pop_front();
    busy_here_ += here ? 1 : 0;
    lock.unlock();
    RunBoard(board, work.round, links_, options_, work.results[pool]);
    lock.lock();
    busy_here_ -= here ? 1 : 0;
    const bool leaves = Leaves(pool, board, work.results[pool]);
    if (leaves) {
      waiting_[pool].push_front(&work);
    } else {
      --work.left;
    }
    changed_.notify_all();
    if (leaves) return;
  }
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
