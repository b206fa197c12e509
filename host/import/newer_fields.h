// Fields of ONNX's messages that are newer than the library that reads them: it keeps their bytes.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

namespace lockstep::importer {

// What the field `number` holds, a text or the bytes of a message, once for every time that it is there; likewise where
// the library knows the field.
std::vector<std::string> FieldBytes(const google::protobuf::Message& message, int number);

// The number of NodeProto's field `overload` (IR version 10), by which a call chooses among functions of one name, and
// those of FunctionProto's `overload` and `attribute_proto` (IR version 9), attributes with defaults.
inline constexpr int kOverloadOfNode = 8;
inline constexpr int kOverloadOfFunction = 13;
inline constexpr int kDefaultsOfFunction = 11;

}  // namespace lockstep::importer
