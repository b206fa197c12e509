// damage_model IN.joint OUT.joint KIND LAYER: the model with wrong numbers in a layer and the digest of the right one.
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "damaged_model.h"
#include "files/output_file.h"

int main(int argc, char** argv) {
  using lockstep::faults::Damage;
  Damage damage = Damage::kTruncates;
  if (argc != 5 || !lockstep::faults::DamageOf(argv[3], &damage)) {
    std::fprintf(stderr, "usage: damage_model IN.joint OUT.joint truncates|wrong_zero_point|doubled LAYER\n");
    return 2;
  }
  const std::vector<uint8_t> file = lockstep::files::ReadFile(argv[1]);
  const auto layer = static_cast<size_t>(std::atoi(argv[4]));
  const std::unique_ptr<lockstep::joint::ModelT> model(lockstep::joint::GetModel(file.data())->UnPack());
  if (layer >= model->layers.size() || !lockstep::faults::Suits(damage, *model->layers[layer])) {
    std::fprintf(stderr, "damage_model: layer %s has nothing that %s changes\n", argv[4], argv[3]);
    return 1;
  }
  const std::vector<uint8_t> damaged = lockstep::faults::WithDamage(file, damage, layer);
  lockstep::files::WriteFile(argv[2], damaged.data(), damaged.size());
  return 0;
}
