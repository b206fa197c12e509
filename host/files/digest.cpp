#include "files/digest.h"

#include <openssl/evp.h>

#include "graph/error.h"
#include "lockstep/md5.h"

namespace lockstep::files {
namespace {

void Require(bool good) {
  if (good) return;
  throw Error("libcrypto cannot compute an md5 here; use a libcrypto that is not restricted to FIPS algorithms");
}

}  // namespace

std::string Md5Hex(const void* data, size_t size) {
  Md5Digest digest{};
  Require(EVP_Digest(data, size, digest.data(), nullptr, EVP_md5(), nullptr) == 1);
  return ToText(digest).data();
}

struct Md5Sum::State {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

Md5Sum::Md5Sum() : state_(std::make_unique<State>()) {
  Require(state_->context != nullptr && EVP_DigestInit_ex(state_->context.get(), EVP_md5(), nullptr) == 1);
}

Md5Sum::Md5Sum(const Md5Sum& other) : state_(std::make_unique<State>()) {
  Require(state_->context != nullptr && EVP_MD_CTX_copy_ex(state_->context.get(), other.state_->context.get()) == 1);
}

Md5Sum::~Md5Sum() = default;

void Md5Sum::Add(const void* data, size_t size) { Require(EVP_DigestUpdate(state_->context.get(), data, size) == 1); }

std::string Md5Sum::Hex() {
  Md5Digest digest{};
  Require(EVP_DigestFinal_ex(state_->context.get(), digest.data(), nullptr) == 1);
  return ToText(digest).data();
}

}  // namespace lockstep::files
