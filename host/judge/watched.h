// A tensor that is watched while both networks run: sums for the whole of it and for pieces along its axes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyze/parts.h"
#include "judge/judge.h"

namespace lockstep::judge {

class Watched {
 public:
  // `shape` is the ONNX one, `joint_tensor` where the joint model has it, `params` its levels.
  Watched(Subject subject, graph::Shape shape, int32_t joint_tensor, std::optional<quantize::AffineParams> params,
          const std::vector<analyze::Partition>& parts);

  const std::string& name() const { return subject_.tensor; }
  int32_t joint_tensor() const { return joint_tensor_; }

  void Add(const std::string& picture, const float* truth, const float* measured);
  Subject Finish();

 private:
  // One axis cut into pieces, the names of which may be missing.
  struct Cut {
    analyze::Partition at;
    std::vector<NumbersSum> sums;
  };
  void AddPicture(const std::string& picture, const float* truth, const float* measured);
  void AddPieces(Cut& cut, const float* truth, const float* measured) const;
  static std::vector<PartNumbers> FinishPieces(const Cut& cut);

  Subject subject_;
  graph::Shape shape_;
  int32_t joint_tensor_;
  std::optional<quantize::AffineParams> params_;
  NumbersSum whole_;
  std::vector<Cut> parts_;
  std::vector<Cut> channels_;
};

}  // namespace lockstep::judge
