#include <dlfcn.h>

#include <filesystem>

#include "graph/error.h"
#include "input/pictures/picture_decoder.h"

namespace lockstep::input {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFileName = "picture_decoder.so";

const PictureDecoder* Load() {
  std::error_code none;
  const fs::path own_folder = fs::read_symlink("/proc/self/exe", none).parent_path();
  const fs::path beside = own_folder / kFileName;
  const fs::path installed = own_folder.parent_path() / "lib" / "lockstep" / kFileName;
  const fs::path& found = fs::exists(beside, none) ? beside : installed;
  if (!fs::exists(found, none)) {
    throw BadInput("pictures need " + std::string(kFileName) + ", which is neither " + beside.string() + " nor " +
                   installed.string() + "; install Lockstep again, or give raw .bin data");
  }
  void* library = dlopen(found.c_str(), RTLD_NOW | RTLD_LOCAL);
  void* get = library == nullptr ? nullptr : dlsym(library, kGetPictureDecoder);
  if (get == nullptr) {
    throw BadInput(found.string() + " cannot be loaded; install OpenCV, and Lockstep of this version again (`ldd " +
                   found.string() + "` shows what is missing)");
  }
  return reinterpret_cast<GetPictureDecoder>(get)();
}

}  // namespace

const PictureDecoder& LoadedPictureDecoder() {
  static const PictureDecoder* const decoder = Load();  // tried again after a failure
  return *decoder;
}

}  // namespace lockstep::input
