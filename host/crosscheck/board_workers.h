// Boards at work side by side: every pool gets every round, one of its boards runs it.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "boards/board_pool.h"
#include "crosscheck/crosscheck.h"
#include "crosscheck/layer_links.h"
#include "crosscheck/round.h"

namespace lockstep::crosscheck {

// A round with what the pools make of it, by position.
struct RoundWork {
  Round round;
  std::vector<BoardRound> results;
  size_t left = 0;  // pools that have not run it
};

class BoardWorkers {
 public:
  // All outlive this. One thread for each board; of those that are this PC two work at once. Boards that the system has
  // no thread for work while they are waited for.
  BoardWorkers(const std::vector<boards::BoardPool>& pools, const LayerLinks& links, const CrosscheckOptions& options);
  ~BoardWorkers();  // waits for what is being run; the rest is left
  BoardWorkers(const BoardWorkers&) = delete;
  BoardWorkers& operator=(const BoardWorkers&) = delete;

  void Add(RoundWork& work);         // it stays where it is until it was waited for
  void Wait(const RoundWork& work);  // until every pool has run it; the first pool's error is thrown
  // What boards failed with that left their pool to the others; to be asked when all was waited for.
  const std::vector<std::string>& notes() const { return notes_; }
  // Rounds that keep all boards busy.
  size_t WorthHolding() const;

 private:
  void Work(size_t pool, boards::Board& board);
  // The lock is held by these three; where a board runs it is not.
  bool CanRun(size_t pool, const boards::Board& board) const;
  bool RunNext(size_t pool, boards::Board& board, std::unique_lock<std::mutex>& lock);  // false: the board has left
  bool RunWithoutThread(std::unique_lock<std::mutex>& lock);                            // false: none can
  // Whether the board leaves a round that it failed with to the others of its pool.
  bool Leaves(size_t pool, const boards::Board& board, BoardRound& result);

  const std::vector<boards::BoardPool>& pools_;
  const LayerLinks& links_;
  const CrosscheckOptions& options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::deque<RoundWork*>> waiting_;  // by pool
  std::vector<size_t> able_;                     // boards of a pool that have not failed
  std::vector<std::string> notes_;
  int busy_here_ = 0;  // boards that are this PC and run something
  bool ends_ = false;
  std::vector<std::pair<size_t, boards::Board*>> without_thread_;  // by pool; used by the thread that waits alone
  std::vector<std::thread> threads_;
};

}  // namespace lockstep::crosscheck
