#include "input/picture_source.h"

#include <openssl/evp.h>

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include "graph/error.h"
#include "lockstep/md5.h"

namespace lockstep::input {
namespace {

constexpr size_t kDecodedAhead = 3;  // bounds the memory: pictures waiting for the engine

struct DigestContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, DigestContextDeleter>;

}  // namespace

struct PictureSource::Impl {
  std::vector<PictureRef> pictures;
  std::string input;
  quantize::InputPreprocess preprocess;
  PictureSize size;
  bool skip_bad = false;
  DigestContext digest{EVP_MD_CTX_new()};
  int delivered = 0;

  mutable std::mutex mutex;
  std::condition_variable changed;
  std::deque<quantize::CalibrationInput> waiting;
  std::exception_ptr failure;
  std::string last_reason;
  std::vector<std::string> skipped;
  bool finished = false;
  bool stop = false;
  std::thread decoder;

  void Decode() {
    PictureReader reader(preprocess, size);
    for (const PictureRef& picture : pictures) {
      {
        const std::lock_guard<std::mutex> lock(mutex);
        if (stop) return;
      }
      quantize::CalibrationInput prepared{picture.Label(), {}};
      try {
        const PreparedPicture read = reader.Read(picture);
        EVP_DigestUpdate(digest.get(), read.bytes.data(), read.bytes.size());
        prepared.tensors.emplace(input, ToFloatTensor(read, preprocess));
      } catch (const BadInput& bad) {
        const std::lock_guard<std::mutex> lock(mutex);
        if (skip_bad) {
          skipped.push_back(picture.Label());
          last_reason = bad.what();
          continue;
        }
        failure = std::make_exception_ptr(BadInput(std::string(bad.what()) + " (or leave it out: --skip-bad-images)"));
        break;
      } catch (...) {
        const std::lock_guard<std::mutex> lock(mutex);
        failure = std::current_exception();
        break;
      }
      std::unique_lock<std::mutex> lock(mutex);
      changed.wait(lock, [this] { return stop || waiting.size() < kDecodedAhead; });
      if (stop) return;
      waiting.push_back(std::move(prepared));
      changed.notify_all();
    }
    const std::lock_guard<std::mutex> lock(mutex);
    finished = true;
    changed.notify_all();
  }
};

PictureSource::PictureSource(std::vector<PictureRef> pictures, std::string input,
                             const quantize::InputPreprocess& preprocess, PictureSize size, bool skip_bad)
    : impl_(std::make_unique<Impl>()) {
  impl_->pictures = std::move(pictures);
  impl_->input = std::move(input);
  impl_->preprocess = preprocess;
  impl_->size = size;
  impl_->skip_bad = skip_bad;
  if (EVP_DigestInit_ex(impl_->digest.get(), EVP_md5(), nullptr) != 1) {
    throw BadInput("OpenSSL offers no md5; the digest of the calibration pictures cannot be computed");
  }
  impl_->decoder = std::thread([this] { impl_->Decode(); });
}

PictureSource::~PictureSource() {
  {
    const std::lock_guard<std::mutex> lock(impl_->mutex);
    impl_->stop = true;
  }
  impl_->changed.notify_all();
  impl_->decoder.join();
}

int PictureSource::size() const {
  const std::lock_guard<std::mutex> lock(impl_->mutex);
  return static_cast<int>(impl_->pictures.size() - impl_->skipped.size()) - impl_->delivered;
}

std::optional<quantize::CalibrationInput> PictureSource::Next() {
  quantize::CalibrationInput picture;
  {
    std::unique_lock<std::mutex> lock(impl_->mutex);
    impl_->changed.wait(lock, [this] { return !impl_->waiting.empty() || impl_->finished; });
    if (impl_->waiting.empty()) {
      if (impl_->failure) std::rethrow_exception(impl_->failure);
      if (impl_->delivered == 0) {
        throw BadInput("none of the " + std::to_string(impl_->skipped.size()) +
                       " calibration pictures can be read; the last one: " + impl_->last_reason);
      }
      return std::nullopt;
    }
    picture = std::move(impl_->waiting.front());
    impl_->waiting.pop_front();
    ++impl_->delivered;
  }
  impl_->changed.notify_all();
  return picture;
}

std::string PictureSource::Digest() const {
  const DigestContext copy{EVP_MD_CTX_new()};
  Md5Digest digest{};
  EVP_MD_CTX_copy_ex(copy.get(), impl_->digest.get());
  EVP_DigestFinal_ex(copy.get(), digest.data(), nullptr);
  return ToText(digest).data();
}

std::vector<std::string> PictureSource::skipped() const {
  const std::lock_guard<std::mutex> lock(impl_->mutex);
  return impl_->skipped;
}

}  // namespace lockstep::input
