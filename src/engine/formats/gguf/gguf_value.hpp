#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace preceptor::engine {

enum class GgufType : std::uint32_t {
  uint8 = 0,
  int8 = 1,
  uint16 = 2,
  int16 = 3,
  uint32 = 4,
  int32 = 5,
  float32 = 6,
  boolean = 7,
  string = 8,
  array = 9,
  uint64 = 10,
  int64 = 11,
  float64 = 12,
};

// Bytes of a value of this type; 0 for strings, arrays and numbers that are no type.
std::size_t bytes_of(GgufType type);

// One entry of a GGUF file's metadata. Strings point into the mapped file.
class GgufValue {
public:
  GgufValue(GgufType type, std::span<const std::byte> bytes) : type_(type), bytes_(bytes) {}
  explicit GgufValue(std::string_view text) : type_(GgufType::string), texts_{text} {}
  static GgufValue array(GgufType element, std::span<const std::byte> bytes);
  static GgufValue array(std::vector<std::string_view> texts);

  GgufType type() const { return is_array_ ? GgufType::array : type_; }
  GgufType element_type() const { return type_; }  // of an array's elements, else as type()
  bool is_array() const { return is_array_; }

  // Nothing when it is not a single value of such a kind, or does not fit.
  std::optional<std::int64_t> whole() const;  // any integer type
  std::optional<double> number() const;       // any integer or floating-point type
  std::optional<bool> flag() const;
  std::optional<std::string_view> text() const;

  std::size_t size() const;  // elements of an array, else 1
  // Of arrays of such a kind; nothing else must be asked of them. index < size().
  std::optional<std::int64_t> whole_at(std::size_t index) const;
  std::optional<double> number_at(std::size_t index) const;
  std::optional<bool> truth_at(std::size_t index) const;              // of flags and whole numbers
  std::span<const std::string_view> texts() const { return texts_; }  // empty for other kinds

private:
  GgufType type_;
  bool is_array_ = false;
  std::span<const std::byte> bytes_;
  std::vector<std::string_view> texts_;
};

}  // namespace preceptor::engine
