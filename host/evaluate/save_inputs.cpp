#include "evaluate/save_inputs.h"

#include "files/output_file.h"
#include "input/npy.h"

namespace lockstep::evaluate {

namespace fs = std::filesystem;

void SaveInputs(const SideInfo& info, bool floats, const std::vector<std::string>& pictures,
                const std::vector<std::string>& names, const std::vector<input::PictureVariant>& variants,
                const fs::path& folder, const std::function<void(int done, int total)>& advance) {
  const int total = static_cast<int>(pictures.size() * variants.size());
  int done = 0;
  for (const input::PictureVariant variant : variants) {
    for (size_t i = 0; i < pictures.size(); ++i) {
      const std::vector<uint8_t> batch = BatchOf(LoadForSide(info, pictures[i], variant).bytes, info.input);
      const fs::path path = folder / FileName(variant, names[i]);
      if (floats) {
        const engine::FloatTensor tensor = input::RealInput(info.input, batch);
        const std::vector<uint8_t> npy =
            input::MakeNpy("f32", tensor.shape, tensor.data.data(), tensor.data.size() * sizeof(float));
        files::WriteFile(path.string() + ".npy", npy.data(), npy.size());
      } else {
        files::WriteFile(path.string() + ".bin", batch.data(), batch.size());
      }
      advance(++done, total);
    }
  }
}

}  // namespace lockstep::evaluate
