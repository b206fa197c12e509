// Threads where the system may have no more of them: what they would do is done all the same.
#pragma once

#include <cstddef>
#include <functional>
#include <thread>

namespace lockstep::threads {

// A thread that does `work`; one that is not joinable where the system has none to give: too many run, or there is no
// memory for its stack.
std::thread StartIfAny(std::function<void()> work);

// Calls work(0) on this thread and work(1), .., work(count - 1) each on one of its own, and waits for all. Where the
// system has no more threads the last calls are left out: the work must be such that those that are made do it all.
// Calls on other threads must not throw.
void SideBySide(size_t count, const std::function<void(size_t worker)>& work);

// How many threads the system gives this process at the same time, this one among them; `most` at most.
size_t CountAtOnce(size_t most);

}  // namespace lockstep::threads
