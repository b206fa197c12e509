#include "check/structure.h"

#include "joint_generated.h"
#include "joint_layout.h"
#include "joint_operators.h"

namespace lockstep::check {
namespace {

using flatbuffers::ReadScalar;
using flatbuffers::uoffset_t;
using flatbuffers::voffset_t;

constexpr uint32_t kMaxDepth = 8;  // Model, Layer, options: the schema nests no deeper
constexpr uint32_t kMaxTables = 1 << 18;
constexpr voffset_t kFirstField = 4;  // behind the sizes of vtable and table

enum class Shape : uint8_t { Scalar, Struct, Vector, String, Strings, Table, Tables, Union };

enum TableNumber : uint8_t {
#define LOCKSTEP_TABLE(name) k##name,
  LOCKSTEP_JOINT_TABLES(LOCKSTEP_TABLE)
#undef LOCKSTEP_TABLE
};

struct Field {
  TableNumber table;
  Shape shape : 7;
  bool required : 1;
  uint8_t of;  // bytes, or the table
};

// In the order of the tables, and with an end.
constexpr Field kFields[] = {
#define LOCKSTEP_FIELD(table, field, shape, of, required) {k##table, Shape::shape, required, of},
    LOCKSTEP_JOINT_FIELDS(LOCKSTEP_FIELD)
#undef LOCKSTEP_FIELD
        {static_cast<TableNumber>(kModel + 1), Shape::Scalar, false, 0}};

constexpr TableNumber kOptions[] = {
#define LOCKSTEP_ROW(name) k##name,
    LOCKSTEP_JOINT_OPERATORS(LOCKSTEP_ROW)
#undef LOCKSTEP_ROW
};

struct FirstFields {
  constexpr FirstFields() {
    for (size_t i = sizeof kFields / sizeof kFields[0]; i-- > 0;) of[kFields[i].table] = static_cast<uint8_t>(i);
    for (size_t i = kModel; i-- > 0;) {
      if (of[i] == 0 && i != 0) of[i] = of[i + 1];  // without fields
    }
  }

  uint8_t of[kModel + 2] = {};
};

constexpr FirstFields kFirst;
static_assert(sizeof kFields / sizeof kFields[0] <= 256, "FirstFields needs more than a byte");
static_assert(sizeof(joint::Options::MAX) == 1 && sizeof kOptions == static_cast<size_t>(joint::Options::MAX));

// The layout has the fields where flatc numbers them.
constexpr bool IsNumbered() {
  constexpr voffset_t kNumbers[] = {
#define LOCKSTEP_FIELD(table, field, shape, of, required) joint::table::field,
      LOCKSTEP_JOINT_FIELDS(LOCKSTEP_FIELD)
#undef LOCKSTEP_FIELD
  };
  for (size_t i = 0; i < sizeof kNumbers / sizeof kNumbers[0]; ++i) {
    if (kNumbers[i] != kFirstField + 2 * (i - kFirst.of[kFields[i].table])) return false;
  }
  return true;
}

static_assert(IsNumbered(), "joint_layout.cmake does not read joint.fbs as flatc does");
static_assert(alignof(joint::Digest) == 1, "Struct takes no alignment");

class Structure {
 public:
  Structure(const uint8_t* file, size_t size) : file_(file), size_(size) {}

  uint32_t FormatVersion() {
    size_t root = 0;
    if (!Follow(&root) || !StartsTable(root)) return 0;
    const size_t at = PlaceOf(root, joint::Model::VT_FORMAT_VERSION);
    return at != 0 && Holds(at, sizeof(uint32_t), sizeof(uint32_t)) ? Read<uint32_t>(at) : 0;
  }

  bool HoldsModel() {
    size_t root = 0;
    return Follow(&root) && HoldsTable(kModel, root);
  }

 private:
  template <typename T>
  T Read(size_t at) const {
    return ReadScalar<T>(file_ + at);
  }

  bool Holds(size_t at, size_t bytes, size_t alignment) const {
    return (at & (alignment - 1)) == 0 && bytes < size_ && at <= size_ - bytes;
  }

  // From an offset to where it leads.
  bool Follow(size_t* at) const {
    if (!Holds(*at, sizeof(uoffset_t), sizeof(uoffset_t))) return false;
    const auto offset = Read<uoffset_t>(*at);
    *at += offset;
    return offset != 0 && offset <= FLATBUFFERS_MAX_BUFFER_SIZE && Holds(*at, 1, 1);
  }

  size_t VtableOf(size_t table) const { return table - static_cast<size_t>(Read<flatbuffers::soffset_t>(table)); }

  bool StartsTable(size_t at) {
    if (!Holds(at, sizeof(uoffset_t), sizeof(uoffset_t)) || ++tables_ > kMaxTables) return false;
    const size_t vtable = VtableOf(at);
    if (!Holds(vtable, sizeof(voffset_t), sizeof(voffset_t))) return false;
    const auto bytes = Read<voffset_t>(vtable);
    return bytes % sizeof(voffset_t) == 0 && Holds(vtable, bytes, 1);
  }

  // Of the field in a table that starts as one; 0: it is absent.
  size_t PlaceOf(size_t table, voffset_t field) const {
    const size_t vtable = VtableOf(table);
    if (field >= Read<voffset_t>(vtable)) return 0;
    const auto offset = Read<voffset_t>(vtable + field);
    return offset != 0 ? table + offset : 0;
  }

  bool HoldsTable(uint8_t number, size_t at) {
    if (++depth_ > kMaxDepth || !StartsTable(at)) return false;
    voffset_t own = kFirstField;
    for (const Field* field = kFields + kFirst.of[number]; field->table == number; ++field) {
      const size_t place = PlaceOf(at, own);
      if (place == 0 ? field->required : !HoldsField(*field, at, own, place)) return false;
      own += sizeof(voffset_t);
    }
    --depth_;
    return true;
  }

  bool HoldsField(const Field& field, size_t table, voffset_t own, size_t at) {
    if (field.shape == Shape::Scalar) return Holds(at, field.of, field.of);
    if (field.shape == Shape::Struct) return Holds(at, field.of, 1);
    if (!Follow(&at)) return false;
    switch (field.shape) {
      case Shape::Vector:
        return HoldsVector(at, field.of);
      case Shape::String:
        return HoldsString(at);
      case Shape::Table:
        return HoldsTable(field.of, at);
      case Shape::Union:
        return HoldsUnion(PlaceOf(table, static_cast<voffset_t>(own - sizeof(voffset_t))), at);
      default:
        return HoldsAll(field, at);
    }
  }

  bool HoldsVector(size_t at, size_t element) const {
    if (!Holds(at, sizeof(uoffset_t), sizeof(uoffset_t))) return false;
    const auto count = Read<uoffset_t>(at);
    return count < FLATBUFFERS_MAX_BUFFER_SIZE / element && Holds(at, sizeof(uoffset_t) + count * element, 1);
  }

  bool HoldsString(size_t at) const {
    if (!HoldsVector(at, 1)) return false;
    const size_t end = at + sizeof(uoffset_t) + Read<uoffset_t>(at);
    return Holds(end, 1, 1) && file_[end] == 0;
  }

  // A type beyond those that are known may be anything.
  bool HoldsUnion(size_t place_of_type, size_t at) {
    const size_t type = place_of_type != 0 ? file_[place_of_type] : 0;
    return type == 0 || type > sizeof kOptions || HoldsTable(kOptions[type - 1], at);
  }

  bool HoldsAll(const Field& field, size_t at) {
    if (!HoldsVector(at, sizeof(uoffset_t))) return false;
    const auto count = Read<uoffset_t>(at);
    // Tables may be shared within a file, and with them their lists of strings: a small file could keep this busy for
    // hours. A file as the compiler writes it holds each list once.
    if (field.shape == Shape::Strings && (strings_ += count) > size_ / sizeof(uoffset_t)) return false;
    for (uoffset_t i = 0; i < count; ++i) {
      at += sizeof(uoffset_t);
      const size_t entry = at + Read<uoffset_t>(at);
      if (field.shape == Shape::Strings ? !HoldsString(entry) : !HoldsTable(field.of, entry)) return false;
    }
    return true;
  }

  const uint8_t* file_;
  size_t size_;
  uint32_t depth_ = 0;
  uint32_t tables_ = 0;
  uint64_t strings_ = 0;
};

}  // namespace

uint32_t FormatVersionOf(const uint8_t* file, size_t size) { return Structure(file, size).FormatVersion(); }

bool HasStructure(const uint8_t* file, size_t size) { return Structure(file, size).HoldsModel(); }

}  // namespace lockstep::check
