// Networks whose tensors lie within others' memory.
#include "support/joint_models.h"

namespace lockstep::test {
namespace {

class ViewBuilder {
 public:
  explicit ViewBuilder(bool views) : views_(views) {}

  joint::ModelT Build() {
    const int picture = net_.Input({1, 6, 8, 3});
    const int blocks = Blocks(picture);
    Readers(blocks);
    Slabs(blocks);
    Wide(blocks);
    Floats(blocks);
    return net_.Finish();
  }

 private:
  void Within(int part, int whole, int64_t elements) {
    if (views_) net_.Within(part, whole, elements);
  }
  int Channels(int x, int first, int count) {
    const std::vector<int> in = net_.shape(x);
    return net_.Slice(x, {0, 0, 0, first}, {1, 1, 1, 1}, {in[0], in[1], in[2], count});
  }
  void Output(int x) { net_.Output(net_.Dequantize(x)); }

  static ConvShape Conv(int channels) {
    ConvShape conv;
    conv.oc = channels;
    conv.table = true;
    return conv;
  }
  static ConvShape Point(int channels) {
    ConvShape conv = Conv(channels);
    conv.kernel_h = conv.kernel_w = 1;
    conv.pad_top = conv.pad_left = conv.pad_bottom = conv.pad_right = 0;
    return conv;
  }

  // The halves of a convolution and what is made of one of them after the other, all in the Concat of all: the
  // convolution is no input of it, but its two halves are.
  int Blocks(int picture) {
    const int stem = net_.Conv(picture, Conv(20));
    const int a = Channels(stem, 0, 9);
    const int b = Channels(stem, 9, 11);
    ConvShape grouped = Conv(11);
    const int c = net_.Conv(b, grouped);
    const int d = net_.Add(b, c);
    const int e = net_.MaxPool(d, 3, 1, 1);
    const int f = net_.Conv(e, Point(17));
    grouped.oc = 34;
    grouped.groups = 17;
    const int g = net_.Conv(f, grouped);
    const int h = net_.Lookup(g);
    const int i = net_.Mul(h, net_.Constant({1, 1, 1, 34}));
    const int j = net_.Resize(i, 6, 8);
    const int all = net_.Join({a, b, c, d, e, f, g, h, i, j}, 3);
    Within(stem, all, 0);
    Within(a, stem, 0);
    Within(b, stem, 9);
    int64_t first = 20;
    for (const int part : {c, d, e, f, g, h, i, j}) {
      Within(part, all, first);
      first += net_.shape(part)[3];
    }
    return all;
  }

  // Operators that read rows apart and write into another whole, one that lies in a third.
  void Readers(int blocks) {
    const int x = Channels(blocks, 3, 24);
    Within(x, blocks, 3);
    ConvShape depthwise = Conv(24);
    const int a = net_.DepthwiseConv(x, depthwise);
    const int b = net_.AveragePool(x, 3, 1, 1);
    const int c = net_.ChannelLookup(x);
    const int d = net_.ConvTranspose(x, Conv(8));
    const int inner = net_.Join({a, b}, 3);
    const int outer = net_.Join({c, inner, d}, 3);
    Within(c, outer, 0);
    Within(inner, outer, 24);
    Within(a, inner, 0);
    Within(b, inner, 24);
    Within(d, outer, 72);
    // A part of a part, from the third row on and every row but one.
    const int part = net_.Slice(inner, {0, 2, 0, 5}, {1, 1, 1, 1}, {1, 3, 8, 30});
    Within(part, inner, 2 * 8 * 80 + 5);
    Output(net_.Softmax(part));
    Output(net_.Transpose(part, {0, 3, 1, 2}));
    Output(net_.Slice(part, {0, 1, 1, 3}, {1, 1, 2, 4}, {1, 2, 3, 6}));
    Output(net_.Concat({part, part}, 3));
    Output(outer);
  }

  // Whole pictures one behind the other; one of them is made as pixels and seen as rows.
  void Slabs(int blocks) {
    const int x = Channels(blocks, 40, 16);
    Within(x, blocks, 40);
    const int pixels = net_.Conv(x, Point(10));
    const int rows = net_.Reshape(pixels, {1, 48, 10});
    const int more = net_.Reshape(net_.MaxPool(net_.Conv(x, Point(10)), 2, 2, 0), {1, 12, 10});
    const int all = net_.Join({rows, more}, 1);
    Within(pixels, all, 0);
    Within(rows, all, 0);
    const int last = net_.Slice(all, {0, 50, 0}, {1, 1, 1}, {1, 10, 10});
    Within(last, all, 500);
    Output(net_.TopK(last, 1, 4, true));
    Output(all);
  }

  void Wide(int blocks) {
    const int x = Channels(blocks, 64, 12);
    Within(x, blocks, 64);
    const int a = net_.Rescale(x, joint::DType::U16);
    const int b = net_.Add(x, x, joint::DType::U16);
    ConvShape conv = Conv(13);
    conv.output = joint::DType::U16;
    const int c = net_.Conv(x, conv);
    const int all = net_.Join({a, b, c}, 3);
    Within(a, all, 0);
    Within(b, all, 12);
    Within(c, all, 24);
    Output(net_.MaxPool(c, 3, 1, 1));
    Output(all);
  }

  void Floats(int blocks) {
    const int x = Channels(blocks, 100, 7);
    Within(x, blocks, 100);
    const int a = net_.Dequantize(x);
    const int b = net_.Unary(a, joint::UnaryFunction::Silu);
    const int c = net_.FloatAdd(a, b);
    ConvShape conv;
    conv.oc = 19;
    const int d = net_.FloatConv(c, conv);
    const int e = net_.FloatConv(d, Point(5));
    conv.oc = conv.groups = 5;
    const int f = net_.FloatDepthwiseConv(e, conv);
    const int g = net_.FloatSoftmax(net_.FloatAveragePool(f, 3, 1, 1));
    const int h = net_.MaxPool(g, 3, 1, 1);
    const int all = net_.Join({a, b, c, d, e, f, g, h}, 3);
    int64_t first = 0;
    for (const int part : {a, b, c, d, e, f, g, h}) {
      Within(part, all, first);
      first += net_.shape(part)[3];
    }
    Output(net_.Quantize(d));
    net_.Output(all);
  }

  bool views_;
  NetworkBuilder net_{9, "views"};
};

}  // namespace

joint::ModelT ViewNetwork(bool views) { return ViewBuilder(views).Build(); }

}  // namespace lockstep::test
