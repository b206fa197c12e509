#include "check/check_digest.h"

#include <cstring>

#include "base/cpus.h"
#include "check/check.h"

namespace lockstep::check {
namespace {

constexpr size_t kWorthAThread = 1 << 18;  // bytes, a third of a millisecond on a fast CPU
constexpr size_t kStack = 1 << 17;

}  // namespace

DigestCheck::DigestCheck(const uint8_t* file, size_t size, const joint::Digest& stored)
    : file_(file), size_(size), stored_(reinterpret_cast<const uint8_t*>(&stored)) {
  if (size < kWorthAThread || UsableCpus() < 2) return;
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return;
  static_cast<void>(pthread_attr_setstacksize(&attributes, kStack));
  beside_ = pthread_create(&thread_, &attributes, Main, this) == 0;  // else Finish does it
  pthread_attr_destroy(&attributes);
}

DigestCheck::~DigestCheck() {
  if (beside_) pthread_join(thread_, nullptr);
}

void* DigestCheck::Main(void* self) {
  static_cast<DigestCheck*>(self)->Compute();
  return nullptr;
}

void DigestCheck::Compute() {
  const auto before = static_cast<size_t>(stored_ - file_);
  const uint8_t zeros[sizeof(joint::Digest)] = {};
  Md5 md5;
  md5.Update(file_, before);
  md5.Update(zeros, sizeof(zeros));
  md5.Update(stored_ + sizeof(zeros), size_ - before - sizeof(zeros));
  actual_ = md5.Finish();
}

Verdict DigestCheck::Finish(Report& report) {
  if (beside_) {
    pthread_join(thread_, nullptr);
    beside_ = false;
  } else {
    Compute();
  }
  if (std::memcmp(actual_.data(), stored_, actual_.size()) == 0) return Verdict::kPassed;
  return report.Corrupt("digest: the content has md5 %s, which is not the one stored in it", ToText(actual_).data());
}

}  // namespace lockstep::check
