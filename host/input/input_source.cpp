#include "input/input_source.h"

#include <openssl/evp.h>

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "graph/error.h"
#include "lockstep/md5.h"
#include "threads/start_thread.h"

namespace lockstep::input {
namespace {

constexpr size_t kDecodedAhead = 3;  // bounds the memory: sets waiting for the engine

struct DigestContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, DigestContextDeleter>;

}  // namespace

struct InputSource::Impl {
  Impl(std::vector<InputInfo> inputs, std::vector<DataItem> sets, bool skip)
      : reader(std::move(inputs)), items(std::move(sets)), skip_bad(skip) {}

  InputReader reader;
  std::vector<DataItem> items;
  bool skip_bad;
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
  size_t next = 0;      // item to be decoded
  std::thread decoder;  // not joinable: the system has none to give, and Next decodes

  void Decode() {
    while (DecodeNext()) {
    }
  }

  // False where that was the last one, or nobody wants more.
  bool DecodeNext() {
    for (; next < items.size(); ++next) {
      const DataItem& item = items[next];
      {
        const std::lock_guard<std::mutex> lock(mutex);
        if (stop) return false;
      }
      quantize::CalibrationInput prepared{item.label, {}};
      try {
        const std::vector<InputReader::Data> read = reader.Read(item);
        for (size_t i = 0; i < read.size(); ++i) {
          EVP_DigestUpdate(digest.get(), read[i].bytes.data(), read[i].bytes.size());
          prepared.tensors.emplace(reader.inputs()[i].name, reader.ToFloats(i, read[i]));
        }
      } catch (const BadInput& bad) {
        const std::lock_guard<std::mutex> lock(mutex);
        if (skip_bad) {
          skipped.push_back(item.label);
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
      if (stop) return false;
      waiting.push_back(std::move(prepared));
      changed.notify_all();
      ++next;
      return true;
    }
    const std::lock_guard<std::mutex> lock(mutex);
    finished = true;
    changed.notify_all();
    return false;
  }
};

InputSource::InputSource(std::vector<InputInfo> inputs, std::vector<DataItem> items, bool skip_bad)
    : impl_(std::make_unique<Impl>(std::move(inputs), std::move(items), skip_bad)) {
  if (EVP_DigestInit_ex(impl_->digest.get(), EVP_md5(), nullptr) != 1) {
    throw BadInput("OpenSSL offers no md5; the digest of the calibration pictures cannot be computed");
  }
  impl_->decoder = threads::StartIfAny([impl = impl_.get()] { impl->Decode(); });
}

InputSource::~InputSource() {
  {
    const std::lock_guard<std::mutex> lock(impl_->mutex);
    impl_->stop = true;
  }
  impl_->changed.notify_all();
  if (impl_->decoder.joinable()) impl_->decoder.join();
}

int InputSource::size() const {
  const std::lock_guard<std::mutex> lock(impl_->mutex);
  return static_cast<int>(impl_->items.size() - impl_->skipped.size()) - impl_->delivered;
}

std::optional<quantize::CalibrationInput> InputSource::Next() {
  quantize::CalibrationInput picture;
  if (!impl_->decoder.joinable()) impl_->DecodeNext();  // none waits
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

std::string InputSource::Digest() const {
  const DigestContext copy{EVP_MD_CTX_new()};
  Md5Digest digest{};
  EVP_MD_CTX_copy_ex(copy.get(), impl_->digest.get());
  EVP_DigestFinal_ex(copy.get(), digest.data(), nullptr);
  return ToText(digest).data();
}

std::vector<std::string> InputSource::skipped() const {
  const std::lock_guard<std::mutex> lock(impl_->mutex);
  return impl_->skipped;
}

}  // namespace lockstep::input
