#include "files/base64.h"

#include <openssl/evp.h>

namespace lockstep::files {

std::string Base64(const void* data, size_t size) {
  std::string text(4 * ((size + 2) / 3) + 1, '\0');  // with the end that EVP_EncodeBlock writes
  const int written = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                      static_cast<const unsigned char*>(data), static_cast<int>(size));
  text.resize(static_cast<size_t>(written));
  return text;
}

}  // namespace lockstep::files
