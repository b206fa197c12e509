#include "files/digest.h"

#include <openssl/evp.h>

#include "graph/error.h"
#include "lockstep/md5.h"

namespace lockstep::files {

std::string Md5Hex(const void* data, size_t size) {
  Md5Digest digest{};
  if (EVP_Digest(data, size, digest.data(), nullptr, EVP_md5(), nullptr) != 1) {
    throw Error("libcrypto cannot compute an md5 here; use a libcrypto that is not restricted to FIPS algorithms");
  }
  return ToText(digest).data();
}

}  // namespace lockstep::files
