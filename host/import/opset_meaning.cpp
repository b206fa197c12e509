#include "import/opset_meaning.h"

#include <map>

namespace lockstep::importer {

bool MeansTheSame(const std::string& op, int64_t opset, int64_t other) {
  static const std::map<std::string, int64_t> kChanges = {{"Add", kFirstOpsetOfBroadcast},
                                                          {"And", kFirstOpsetOfBroadcast},
                                                          {"BatchNormalization", kFirstOpsetOfBroadcast},
                                                          {"Concat", kFirstOpsetOfConcatAxis},
                                                          {"Div", kFirstOpsetOfBroadcast},
                                                          {"Equal", kFirstOpsetOfBroadcast},
                                                          {"Greater", kFirstOpsetOfBroadcast},
                                                          {"Hardmax", kFirstOpsetOfOneAxis},
                                                          {"Less", kFirstOpsetOfBroadcast},
                                                          {"LogSoftmax", kFirstOpsetOfOneAxis},
                                                          {"Mul", kFirstOpsetOfBroadcast},
                                                          {"Or", kFirstOpsetOfBroadcast},
                                                          {"PRelu", kFirstOpsetOfBroadcast},
                                                          {"Pow", kFirstOpsetOfBroadcast},
                                                          {"Resize", kFirstOpsetOfResizeModes},
                                                          {"RoiAlign", kFirstOpsetOfHalfPixel},
                                                          {"Selu", kFirstOpsetOfLongNumbers},
                                                          {"Softmax", kFirstOpsetOfOneAxis},
                                                          {"Sub", kFirstOpsetOfBroadcast},
                                                          {"Xor", kFirstOpsetOfBroadcast}};
  const auto change = kChanges.find(op);
  return change == kChanges.end() || (opset < change->second) == (other < change->second);
}

}  // namespace lockstep::importer
