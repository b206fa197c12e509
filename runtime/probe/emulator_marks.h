// Where layers begin and end, for the plugin that counts instructions in user-mode QEMU (scripts/qemu): a call of the
// system that has no effect, whose arguments the plugin sees. Outside of the emulator nothing is called.
#pragma once

#include <cstdint>

namespace lockstep {

class EmulatorMarks {
 public:
  // Also marks an empty layer, so that the plugin knows what the marks themselves take.
  void Prepare();
  void Begin(int32_t layer) const {
    if (emulated_) Mark(kBegin, layer);
  }
  void End(int32_t layer) const {
    if (emulated_) Mark(kEnd, layer);
  }

 private:
  static constexpr int kBegin = 1;
  static constexpr int kEnd = 2;
  static constexpr int32_t kEmpty = -1;
  static void Mark(int what, int32_t layer);

  bool emulated_ = false;
};

}  // namespace lockstep
