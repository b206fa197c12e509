// Tensors that lie within another's memory
//
// The output of a Slice can be the elements of its input where they are, and an input of a Concat its part of the
// output: then the layer has nothing to copy. Such a view may be strided, which not every operator reads or writes, and
// the memory of the whole is needed as long as any part of it is. A Reshape's output always lies where its input does.
#pragma once

#include <cstdint>
#include <vector>

#include "joint_generated.h"

namespace lockstep::lower {

class Views {
 public:
  // With the views of Reshapes alone.
  explicit Views(const joint::ModelT& model);

  // Makes views of what the layer reads or writes as far as that is legal. Whether there are any.
  bool AddLayer(size_t layer);

  struct Place {
    int32_t root = -1;   // the tensor whose memory this is, itself unless it is a view
    int64_t offset = 0;  // in elements, from the root's first
    int64_t pitch = 0;   // elements from one row along the last axis to the next
  };
  // Of a tensor that is no constant.
  Place PlaceOf(int32_t tensor) const { return places_[static_cast<size_t>(tensor)]; }
  bool IsStrided(int32_t tensor) const;

 private:
  // `part` lies in `whole` as `seen`, of the same bytes, is a part of it: of the same shape, or both side by side.
  struct Edge {
    int32_t whole = -1;  // none
    int32_t seen = -1;
    std::vector<int32_t> start, step;
  };

  const joint::TensorT& Tensor(int32_t index) const { return *model_->tensors[static_cast<size_t>(index)]; }
  int64_t RowLength(int32_t tensor) const { return Tensor(tensor).shape.back(); }
  const joint::LayerT* Producer(int32_t tensor) const;
  bool IsCopied(const joint::LayerT& concat, size_t input) const;
  bool AddConcat(const joint::LayerT& concat);
  // The tensor that is made of the inputs from `first` on, which are its slices one behind the other along the axis and
  // lie in it; -1: there is none.
  int32_t SplitFrom(const joint::LayerT& concat, size_t first) const;
  bool IsSliceAt(int32_t part, int32_t whole, size_t axis, int32_t start) const;
  bool AddPart(int32_t seen, int32_t whole, const std::vector<int32_t>& start);
  bool Try(int32_t part, Edge edge);
  bool Locate(int32_t tensor, Place* place) const;
  bool LocateAll();

  const joint::ModelT* model_;
  std::vector<int32_t> producers_;    // by tensor: the layer, or -1
  std::vector<bool> may_be_strided_;  // by tensor
  std::vector<Edge> edges_;           // by tensor
  std::vector<Place> places_;         // by tensor
};

}  // namespace lockstep::lower
