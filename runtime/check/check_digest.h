// The md5 of a whole file, computed beside the other checks where there is a second CPU: it is one long chain of
// operations, and takes several times as long as all of them.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <cstdint>

#include "check/report.h"
#include "joint_generated.h"
#include "lockstep/md5.h"

namespace lockstep::check {

class DigestCheck {
 public:
  DigestCheck(const uint8_t* file, size_t size, const joint::Digest& stored);
  ~DigestCheck();
  DigestCheck(const DigestCheck&) = delete;
  DigestCheck& operator=(const DigestCheck&) = delete;

  // Whether the file has the digest that it says; once. A fault is reported on the thread that calls this.
  Verdict Finish(Report& report);

 private:
  static void* Main(void* self);
  void Compute();

  const uint8_t* file_;
  size_t size_;
  const uint8_t* stored_;
  Md5Digest actual_ = {};
  bool beside_ = false;  // a thread is at it
  pthread_t thread_ = {};
};

}  // namespace lockstep::check
