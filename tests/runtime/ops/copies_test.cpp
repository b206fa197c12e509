// Concat, Slice, Reshape, Transpose and Resize.
#include <gtest/gtest.h>

#include "exact_requantize.h"
#include "kernel_tester.h"
#include "ops/operator_table.h"

namespace lockstep::kernels {
namespace {

using joint::DType;
using Shape = std::vector<int32_t>;

const DType kActivations[] = {DType::U8, DType::U16};

struct ElementType {
  DType dtype;
  size_t bytes;
};
const ElementType kElements[] = {{DType::U8, 1}, {DType::U16, 2}, {DType::F32, 4}, {DType::S64, 8}};

// Elements of any type, all different while they can be.
TestTensor CountedTensor(const ElementType& type, Shape shape) {
  TestTensor tensor;
  tensor.dtype = type.dtype;
  tensor.shape = std::move(shape);
  for (int64_t i = 0; i < tensor.Elements(); ++i) {
    for (size_t byte = 0; byte < type.bytes; ++byte) {
      tensor.bytes.push_back(static_cast<uint8_t>(byte == 0 ? i : (i >> 8) + static_cast<int64_t>(byte)));
    }
  }
  return tensor;
}

void AppendFrom(TestTensor& to, const TestTensor& from, int64_t element, size_t bytes) {
  for (size_t byte = 0; byte < bytes; ++byte)
    to.bytes.push_back(from.bytes[static_cast<size_t>(element) * bytes + byte]);
}

// The index along every axis of a row-major position.
Shape IndexOf(const Shape& shape, int64_t position) {
  Shape index(shape.size());
  for (size_t axis = shape.size(); axis-- > 0;) {
    index[axis] = static_cast<int32_t>(position % shape[axis]);
    position /= shape[axis];
  }
  return index;
}

int64_t PositionOf(const Shape& shape, const Shape& index) {
  int64_t position = 0;
  for (size_t axis = 0; axis < shape.size(); ++axis) position = position * shape[axis] + index[axis];
  return position;
}

TEST(Slice, StartsAndSteps) {
  struct SliceCase {
    Shape in, start, step, out;
  };
  const SliceCase cases[] = {
      {{1, 6, 5, 32}, {0, 0, 0, 16}, {1, 1, 1, 1}, {1, 6, 5, 16}},
      {{1, 6, 5, 7}, {0, 1, 2, 3}, {1, 2, 1, 2}, {1, 3, 3, 2}},
      {{2, 3, 4, 5, 3, 2}, {1, 0, 1, 1, 0, 1}, {1, 2, 1, 3, 2, 1}, {1, 2, 3, 2, 2, 1}},
      {{9000}, {1}, {2}, {4500}},
      {{3, 4}, {2, 3}, {1, 1}, {1, 1}},
      {{4, 2000}, {1, 0}, {1, 1}, {3, 2000}},
      {{3, 45, 70}, {0, 2, 3}, {1, 1, 1}, {3, 40, 65}},  // planes of rows
      {{2, 3000, 9}, {0, 1, 1}, {1, 1, 1}, {2, 2998, 2}},
      {{2, 1500, 9}, {0, 1, 1}, {1, 2, 1}, {2, 700, 8}},
  };
  for (const SliceCase& c : cases) {
    for (const ElementType& type : kElements) {
      LayerCase test;
      test.layer.name = "layer";
      test.inputs.push_back(CountedTensor(type, c.in));
      test.output.dtype = type.dtype;
      test.output.shape = c.out;
      for (int64_t i = 0; i < test.output.Elements(); ++i) {
        Shape index = IndexOf(c.out, i);
        for (size_t axis = 0; axis < index.size(); ++axis) index[axis] = c.start[axis] + index[axis] * c.step[axis];
        AppendFrom(test.output, test.inputs[0], PositionOf(c.in, index), type.bytes);
      }
      joint::SliceT slice;
      slice.start = c.start;
      slice.step = c.step;
      test.layer.options.Set(slice);
      ExpectEveryKernelGives(test);
    }
  }
}

TEST(Transpose, Permutations) {
  struct TransposeCase {
    Shape in, perm;
  };
  const TransposeCase cases[] = {{{1, 5, 7, 16}, {0, 3, 1, 2}},
                                 {{3, 4, 5}, {2, 1, 0}},
                                 {{2, 3, 4, 5}, {0, 1, 2, 3}},
                                 {{2, 3, 1, 4, 2, 3}, {5, 0, 3, 2, 4, 1}},
                                 {{90, 70}, {1, 0}},
                                 {{1100, 20}, {1, 0}},
                                 {{2049, 5}, {1, 0}},
                                 {{2, 130, 33}, {0, 2, 1}},
                                 {{3, 128, 32}, {0, 2, 1}},
                                 {{1, 16, 4, 20}, {0, 2, 1, 3}},
                                 {{3, 49, 3, 32}, {0, 2, 1, 3}},
                                 {{2, 300, 20, 1}, {2, 0, 1, 3}}};
  for (const TransposeCase& c : cases) {
    for (const ElementType& type : kElements) {
      LayerCase test;
      test.layer.name = "layer";
      test.inputs.push_back(CountedTensor(type, c.in));
      test.output.dtype = type.dtype;
      for (const int32_t axis : c.perm) test.output.shape.push_back(c.in[static_cast<size_t>(axis)]);
      for (int64_t i = 0; i < test.output.Elements(); ++i) {
        const Shape out = IndexOf(test.output.shape, i);
        Shape in = out;
        for (size_t axis = 0; axis < out.size(); ++axis) in[static_cast<size_t>(c.perm[axis])] = out[axis];
        AppendFrom(test.output, test.inputs[0], PositionOf(c.in, in), type.bytes);
      }
      joint::TransposeT transpose;
      transpose.perm = c.perm;
      test.layer.options.Set(transpose);
      ExpectEveryKernelGives(test);
    }
  }
}

TEST(Reshape, CopiesBytes) {
  for (const ElementType& type : kElements) {
    LayerCase test;
    test.layer.name = "layer";
    test.inputs.push_back(CountedTensor(type, {3, 50, 41}));
    test.output = CountedTensor(type, {6, 25, 41});
    test.layer.options.Set(joint::ReshapeT());
    ExpectEveryKernelGives(test);
  }
}

TEST(Resize, RowsAndColumns) {
  std::mt19937 random(31);
  for (const DType dtype : kActivations) {
    for (const int32_t channels : {1, 3, 16, 17}) {
      LayerCase test;
      test.layer.name = "layer";
      test.inputs.push_back(RandomTensor(dtype, {2, 5, 4, channels}, random));
      test.output.dtype = dtype;
      test.output.shape = {2, 10, 7, channels};
      joint::ResizeT resize;
      resize.rows = {0, 0, 1, 1, 2, 2, 3, 3, 4, 4};
      resize.columns = {0, 0, 1, 2, 3, 3, 1};
      for (int64_t i = 0; i < test.output.Elements(); ++i) {
        Shape index = IndexOf(test.output.shape, i);
        index[1] = resize.rows[static_cast<size_t>(index[1])];
        index[2] = resize.columns[static_cast<size_t>(index[2])];
        AppendActivation(test.output, test.inputs[0].Get(PositionOf(test.inputs[0].shape, index)));
      }
      test.layer.options.Set(resize);
      ExpectEveryKernelGives(test);
    }
  }
}

// Inputs with the given extents along the axis; input i is of type types[i].
LayerCase MakeConcat(const Shape& around, size_t axis, const Shape& extents, const std::vector<DType>& types, DType out,
                     std::mt19937& random) {
  LayerCase test;
  test.layer.name = "layer";
  test.output.dtype = out;
  test.output.shape = around;
  test.output.shape[axis] = 0;
  for (size_t i = 0; i < extents.size(); ++i) {
    Shape shape = around;
    shape[axis] = extents[i];
    test.inputs.push_back(RandomTensor(types[i], shape, random));
    test.inputs[i].zero_point = static_cast<int32_t>(random() % static_cast<uint32_t>(LimitOf(types[i])));
    test.inputs[i].scale = 0.01F * static_cast<float>(i + 1) / 3.0F;
    test.output.shape[axis] += extents[i];
  }
  test.about = "concat along axis " + std::to_string(axis);
  return test;
}

struct Source {
  size_t input;
  int32_t value;
};

// Which input and which of its values stand at a position of the output.
Source SourceOf(const LayerCase& test, size_t axis, int64_t position) {
  Shape index = IndexOf(test.output.shape, position);
  size_t input = 0;
  while (index[axis] >= test.inputs[input].shape[axis]) index[axis] -= test.inputs[input++].shape[axis];
  return {input, test.inputs[input].Get(PositionOf(test.inputs[input].shape, index))};
}

TEST(Concat, AxesTypesAndScales) {
  std::mt19937 random(32);
  struct ConcatCase {
    Shape around;
    size_t axis;
    Shape extents;
  };
  const ConcatCase cases[] = {{{1, 5, 6, 0}, 3, {16, 16, 3}}, {{1, 0, 6, 9}, 1, {1, 4}},       {{0, 900}, 0, {2, 1, 3}},
                              {{1, 0, 2100}, 1, {2, 1}},      {{2, 3, 0, 2, 3, 2}, 2, {2, 5}}, {{1, 1, 1, 0}, 3, {1}}};
  for (const ConcatCase& c : cases) {
    for (const DType out : kActivations) {
      for (int mode = 0; mode < 3; ++mode) {  // copies alone, rescaled inputs too, mixed input types
        std::vector<DType> types(c.extents.size(), out);
        if (mode == 2) types[0] = out == DType::U8 ? DType::U16 : DType::U8;
        LayerCase test = MakeConcat(c.around, c.axis, c.extents, types, out, random);
        test.output.zero_point = 77;
        joint::ConcatT concat;
        concat.axis = static_cast<int32_t>(c.axis);
        for (size_t i = 0; i < c.extents.size(); ++i) {
          const bool copied = mode == 0 || (i % 2 == 1 && types[i] == out);
          concat.multiplier.push_back(copied ? 0 : static_cast<int32_t>((1U << 30U) + random() % (1U << 30U)));
          concat.shift.push_back(copied ? int8_t{0} : static_cast<int8_t>(random() % 6));
        }
        for (int64_t i = 0; i < test.output.Elements(); ++i) {
          const Source source = SourceOf(test, c.axis, i);
          int64_t value = source.value;
          if (concat.multiplier[source.input] != 0) {
            value = ClampTo(77 + ExactRequantize(source.value - test.inputs[source.input].zero_point,
                                                 concat.multiplier[source.input], concat.shift[source.input]),
                            0, LimitOf(out));
          }
          AppendActivation(test.output, value);
        }
        test.layer.options.Set(concat);
        ExpectEveryKernelGives(test);
      }
    }
  }
}

TEST(Concat, FloatOutput) {
  std::mt19937 random(33);
  for (const size_t axis : {size_t{1}, size_t{2}, size_t{0}}) {
    const Shape around = axis == 0 ? Shape{0, 3, 1500} : Shape{1, 40, 33};
    LayerCase test = MakeConcat(around, axis, {7, 20}, {DType::U16, DType::U8}, DType::F32, random);
    for (int64_t i = 0; i < test.output.Elements(); ++i) {
      const Source source = SourceOf(test, axis, i);
      const TestTensor& input = test.inputs[source.input];
      Append(test.output, input.scale * static_cast<float>(source.value - input.zero_point));
    }
    joint::ConcatT concat;
    concat.axis = static_cast<int32_t>(axis);
    test.layer.options.Set(concat);
    ExpectEveryKernelGives(test);
  }
}

// By the place in the arena a layer knows that its part is where it belongs. Here the memory is elsewhere all the same,
// so a kernel that copied would be seen.
class InPlace {
 public:
  template <typename Options>
  InPlace(Options options, std::vector<Shape> inputs, Shape output) : shapes_(std::move(inputs)) {
    joint::LayerT layer;
    layer.name = "layer";
    layer.options.Set(std::move(options));
    builder_.Finish(joint::Layer::Pack(builder_, &layer));
    shapes_.push_back(std::move(output));
    for (const Shape& shape : shapes_) {
      TestTensor tensor;
      tensor.shape = shape;
      memory_.emplace_back(static_cast<size_t>(tensor.Elements()), static_cast<uint8_t>(1 + memory_.size()));
      TensorView view;
      view.data = memory_.back().data();
      view.shape = shape.data();
      view.rank = static_cast<int32_t>(shape.size());
      view.elements = tensor.Elements();
      view.bytes = static_cast<uint64_t>(view.elements);
      view.pitch = shape.back();
      views_.push_back(view);
    }
  }

  TensorView& view(size_t i) { return views_[i]; }

  // The output's bytes after the layer, which were all the same before it; `units` of work.
  std::vector<uint8_t> Run(int64_t* units) {
    LayerArgs args;
    args.layer = flatbuffers::GetRoot<joint::Layer>(builder_.GetBufferPointer());
    args.inputs = views_.data();
    args.input_count = static_cast<int32_t>(views_.size()) - 1;
    args.outputs = &views_.back();
    args.output_count = 1;
    const OperatorRun& op = OperatorOf(args.layer->options_type());
    *units = op.prepare(args).units;
    op.kernels[0].run(args, 0, *units, nullptr);
    return memory_.back();
  }

 private:
  flatbuffers::FlatBufferBuilder builder_;
  std::vector<Shape> shapes_;
  std::vector<std::vector<uint8_t>> memory_;
  std::vector<TensorView> views_;
};

TEST(Slice, CopiesNothingThatLiesInItsInput) {
  joint::SliceT slice;
  slice.start = {0, 8};
  slice.step = {1, 1};
  for (const int64_t offset : {8, 7}) {
    InPlace layer(slice, {{3, 20}}, {3, 4});
    layer.view(0).arena_offset = 640;
    layer.view(1).arena_offset = 640 + offset;
    int64_t units = 0;
    EXPECT_EQ(layer.Run(&units), std::vector<uint8_t>(12, offset == 8 ? 2 : 1));
    EXPECT_EQ(units, 1);
  }
}

TEST(Concat, CopiesNothingThatLiesInItsOutput) {
  joint::ConcatT concat;
  concat.axis = 1;
  concat.multiplier = {0, 0};
  concat.shift = {0, 0};
  for (const bool both : {true, false}) {
    InPlace layer(concat, {{3, 2}, {3, 4}}, {3, 6});
    layer.view(0).arena_offset = both ? 128 : 64;
    layer.view(1).arena_offset = 128 + 2;
    layer.view(2).arena_offset = 128;
    int64_t units = 0;
    const uint8_t first = both ? 3 : 1;
    const std::vector<uint8_t> row = {first, first, 3, 3, 3, 3};
    std::vector<uint8_t> expected;
    for (int i = 0; i < 3; ++i) expected.insert(expected.end(), row.begin(), row.end());
    EXPECT_EQ(layer.Run(&units), expected);
    EXPECT_EQ(units, both ? 1 : 3);
  }
}

}  // namespace
}  // namespace lockstep::kernels
