#include "import/newer_fields.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>

namespace lockstep::importer {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::vector<std::string> KnownBytes(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<std::string> all;
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING && !field.is_repeated()) {
    if (reflection.HasField(message, &field)) all.push_back(reflection.GetString(message, &field));
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && field.is_repeated()) {
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      all.push_back(reflection.GetRepeatedMessage(message, &field, i).SerializeAsString());
    }
  }
  return all;
}

}  // namespace

std::vector<std::string> FieldBytes(const Message& message, int number) {
  if (const FieldDescriptor* known = message.GetDescriptor()->FindFieldByNumber(number)) {
    return KnownBytes(message, *known);
  }
  std::vector<std::string> all;
  const auto& fields = message.GetReflection()->GetUnknownFields(message);
  for (int i = 0; i < fields.field_count(); ++i) {
    const auto& field = fields.field(i);
    if (field.number() != number || field.type() != google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED) continue;
    all.push_back(field.length_delimited());
  }
  return all;
}

}  // namespace lockstep::importer
