// What a device is, for people.
#include <cstdlib>
#include <ctime>

#include "boards/answer.h"
#include "boards/device.h"
#include "boards/run_joint_call.h"

namespace lockstep::boards {

std::vector<BoardFact> Device::Describe() {
  const ProcessResult told =
      Ask("while IFS= read -r l; do case $l in 'cpu model'*|'model name'*) echo \"cpu=${l#*: }\"; break;; esac; done < "
          "/proc/cpuinfo\n"
          "while IFS= read -r l; do case $l in 'ASEs implemented'*|Features*|flags*) echo \"features=${l#*: }\"; "
          "break;; esac; done "
          "< /proc/cpuinfo\n"
          "echo cores=$(grep -c '^processor' /proc/cpuinfo); echo kernel=$(uname -r); echo clock=$(date +%s)\n"
          "while read -r k v u; do [ \"$k\" = MemTotal: ] && echo total=$v; done < /proc/meminfo\n"
          "for f in /lib/ld-musl* /lib/ld-uClibc* /lib/ld-linux* /lib/ld.so.1 /lib*/ld-linux* /system/bin/linker*; do "
          "[ -e \"$f\" ] && { echo \"libc=$f\"; break; }; done; true");
  const std::map<std::string, std::string> fields = Fields(told.out);
  const auto text = [&](const char* key) {
    const auto found = fields.find(key);
    ProcessResult words;
    words.out = found == fields.end() ? "not known" : found->second;
    return LastWords(words);
  };
  const auto mebibytes = [](uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; };
  const int64_t ahead = static_cast<int64_t>(NumberOf(fields, "clock")) - static_cast<int64_t>(std::time(nullptr));
  return {{"architecture", facts_.machine},
          {"CPU", text("cpu") + ", " + text("cores") + " cores"},
          {"CPU features", text("features")},
          {"memory", mebibytes(NumberOf(fields, "total") * kKiB) + ", " + mebibytes(facts_.available_bytes) + " free"},
          {"C library", text("libc")},
          {"kernel", text("kernel")},
          {"work folder", work_ + ", " + mebibytes(facts_.free_bytes) + " free"},
          {"clock", std::abs(ahead) <= 2 ? "right" : std::to_string(ahead) + " s ahead of this PC"}};
}

}  // namespace lockstep::boards
