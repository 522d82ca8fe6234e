#include "engine/formats/gguf/gguf_header.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <set>
#include <stdexcept>

#include "base/encoding.hpp"

namespace preceptor::engine {
namespace {

constexpr std::string_view magic = "GGUF";
constexpr std::size_t dimensions_max = 4;
constexpr std::size_t name_bytes_max = 1024;
constexpr std::size_t default_alignment = 32;
constexpr std::int64_t alignment_max = 1 << 20;
constexpr std::size_t key_bytes_min = 8 + 4 + 1;             // an empty key with one byte
constexpr std::size_t tensor_bytes_min = 8 + 4 + 8 + 4 + 8;  // no name, one dimension

struct HeaderProblem : std::runtime_error {
  HeaderProblem(ErrorKind kind, const std::string& what) : std::runtime_error(what), kind(kind) {}
  explicit HeaderProblem(const std::string& what) : HeaderProblem(ErrorKind::corrupt, what) {}
  ErrorKind kind;
};

std::string called(std::string_view what, std::string_view name) {
  return std::string(what) + " '" + std::string(utf8_prefix(name, 200)) + "'";
}

// Reads forward and never beyond the end.
class Cursor {
public:
  explicit Cursor(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::size_t position() const { return position_; }
  std::size_t left() const { return bytes_.size() - position_; }

  std::span<const std::byte> take(std::size_t count, const char* what) {
    if (count > left()) {
      throw HeaderProblem(std::string(what) + " needs " + std::to_string(count) + " bytes at byte " +
                          std::to_string(position_) + " but the file ends after " + std::to_string(left()));
    }
    const auto taken = bytes_.subspan(position_, count);
    position_ += count;
    return taken;
  }

  template <class T>
  T number(const char* what) {
    T value;
    std::memcpy(&value, take(sizeof(T), what).data(), sizeof(T));
    return value;
  }

  // A count of things that each take at least bytes_min: no count can ask for more memory than the file has.
  std::size_t count(std::size_t bytes_min, const char* what) {
    const auto claimed = number<std::uint64_t>(what);
    if (claimed > left() / bytes_min) {
      throw HeaderProblem(std::string(what) + " of " + std::to_string(claimed) +
                          " is more than the rest of the file can hold");
    }
    return static_cast<std::size_t>(claimed);
  }

  std::string_view text(const char* what) {
    const auto bytes = take(count(1, what), what);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  std::string_view name(const char* what) {
    const std::string_view name = text(what);
    if (name.size() > name_bytes_max) throw HeaderProblem(std::string(what) + " is longer than 1,024 bytes");
    if (!valid_utf8(name)) throw HeaderProblem(std::string(what) + " is not valid UTF-8");
    return name;
  }

private:
  std::span<const std::byte> bytes_;
  std::size_t position_ = 0;
};

GgufValue read_array(Cursor& cursor, std::string_view key) {
  const auto element = static_cast<GgufType>(cursor.number<std::uint32_t>("an array's type"));
  if (element == GgufType::string) {
    std::vector<std::string_view> texts(cursor.count(sizeof(std::uint64_t), "a count of strings"));
    for (std::string_view& text : texts) text = cursor.text("a string of an array");
    return GgufValue::array(std::move(texts));
  }
  const std::size_t bytes = bytes_of(element);
  if (bytes == 0) {
    throw HeaderProblem(called("key", key) + " holds an array of the type number " +
                        std::to_string(static_cast<std::uint32_t>(element)) + ", which is none or an array");
  }
  const std::size_t count = cursor.count(bytes, "a count of values");
  return GgufValue::array(element, cursor.take(count * bytes, "an array"));
}

GgufValue read_value(Cursor& cursor, std::string_view key) {
  const auto type = static_cast<GgufType>(cursor.number<std::uint32_t>("a value's type"));
  if (type == GgufType::string) return GgufValue(cursor.text("a string"));
  if (type == GgufType::array) return read_array(cursor, key);
  const std::size_t bytes = bytes_of(type);
  if (bytes == 0) {
    throw HeaderProblem(called("key", key) + " has the unknown type number " +
                        std::to_string(static_cast<std::uint32_t>(type)));
  }
  return {type, cursor.take(bytes, "a value")};
}

struct Placed {
  GgufTensor tensor;
  std::uint64_t offset = 0;  // from the begin of the data
  std::size_t size = 0;
};

Placed read_tensor(Cursor& cursor) {
  Placed placed;
  GgufTensor& tensor = placed.tensor;
  tensor.name = cursor.name("a tensor's name");
  const std::string who = called("tensor", tensor.name);
  const auto dimensions = cursor.number<std::uint32_t>("a count of dimensions");
  if (dimensions == 0 || dimensions > dimensions_max) {
    throw HeaderProblem(who + " has " + std::to_string(dimensions) + " dimensions; 1 to 4 are possible");
  }
  std::uint64_t count = 1;
  std::uint64_t row = 0;
  for (std::uint32_t index = 0; index < dimensions; ++index) {
    const auto size = cursor.number<std::uint64_t>("a dimension");
    if (size == 0) throw HeaderProblem(who + " has a dimension of 0");
    if (__builtin_mul_overflow(count, size, &count) || count > std::uint64_t{1} << 48U) {
      throw HeaderProblem(who + " has a shape beyond any file's size");
    }
    if (index == 0) row = size;
    tensor.shape.insert(tensor.shape.begin(), static_cast<std::int64_t>(size));
  }
  tensor.count = static_cast<std::size_t>(count);
  tensor.type = cursor.number<std::uint32_t>("a tensor's type");
  const auto layout = block_layout(tensor.type);
  if (!layout) {
    throw HeaderProblem(ErrorKind::unsupported,
                        who + " has the unknown type number " + std::to_string(tensor.type));
  }
  tensor.layout = *layout;
  if (row % layout->values != 0) {
    throw HeaderProblem(who + " has rows of " + std::to_string(row) + " values, not whole blocks of " +
                        std::to_string(layout->values) + " (" + std::string(layout->name) + ")");
  }
  placed.size = tensor.count / layout->values * layout->bytes;  // at most 2^48 * 8
  placed.offset = cursor.number<std::uint64_t>("a tensor's offset");
  return placed;
}

std::size_t alignment_of(const GgufMetadata& metadata) {
  const auto found = metadata.find("general.alignment");
  if (found == metadata.end()) return default_alignment;
  const auto alignment = found->second.whole();
  if (!alignment || *alignment < 1 || *alignment > alignment_max ||
      !std::has_single_bit(static_cast<std::uint64_t>(*alignment))) {
    throw HeaderProblem("'general.alignment' is not a power of two up to 1,048,576");
  }
  return static_cast<std::size_t>(*alignment);
}

void place(std::vector<Placed>& tensors, std::span<const std::byte> data, std::size_t alignment) {
  std::vector<Placed*> order;
  for (Placed& placed : tensors) {
    const std::string who = called("tensor", placed.tensor.name);
    if (placed.offset % alignment != 0) {
      throw HeaderProblem(who + " begins at byte " + std::to_string(placed.offset) +
                          " of the data, which is no multiple of " + std::to_string(alignment));
    }
    if (placed.offset > data.size() || placed.size > data.size() - placed.offset) {
      throw HeaderProblem(who + " needs " + std::to_string(placed.size) + " bytes from byte " +
                          std::to_string(placed.offset) + " of the data, which has " +
                          std::to_string(data.size()) +
                          " bytes: the file is truncated or its header is wrong");
    }
    placed.tensor.bytes = data.subspan(static_cast<std::size_t>(placed.offset), placed.size);
    order.push_back(&placed);
  }
  std::ranges::sort(order, {}, &Placed::offset);
  for (std::size_t index = 1; index < order.size(); ++index) {
    const Placed& before = *order[index - 1];
    if (order[index]->offset < before.offset + before.size) {
      throw HeaderProblem(called("tensor", order[index]->tensor.name) + " overlaps " +
                          called("tensor", before.tensor.name));
    }
  }
}

GgufHeader parse(std::span<const std::byte> file) {
  Cursor cursor(file);
  const auto begin = cursor.take(magic.size(), "the file's magic");
  if (std::memcmp(begin.data(), magic.data(), magic.size()) != 0) {
    throw HeaderProblem(ErrorKind::invalid, "it does not begin with GGUF");
  }
  GgufHeader header;
  header.version = cursor.number<std::uint32_t>("the version");
  if ((header.version & 0xFFFFU) == 0) {
    throw HeaderProblem(ErrorKind::unsupported, "a big-endian file");
  }
  if (header.version != 2 && header.version != 3) {
    throw HeaderProblem(ErrorKind::unsupported,
                        "GGUF version " + std::to_string(header.version) + "; versions 2 and 3 can be read");
  }
  const std::size_t tensor_count = cursor.count(tensor_bytes_min, "a count of tensors");
  const std::size_t key_count = cursor.count(key_bytes_min, "a count of keys");
  for (std::size_t index = 0; index < key_count; ++index) {
    const std::string_view key = cursor.name("a key");
    if (!header.metadata.emplace(key, read_value(cursor, key)).second) {
      throw HeaderProblem(called("key", key) + " appears twice");
    }
  }
  std::vector<Placed> placed;
  std::set<std::string_view> names;
  for (std::size_t index = 0; index < tensor_count; ++index) {
    placed.push_back(read_tensor(cursor));
    if (!names.insert(placed.back().tensor.name).second) {
      throw HeaderProblem(called("tensor", placed.back().tensor.name) + " appears twice");
    }
  }
  const std::size_t alignment = alignment_of(header.metadata);
  const std::size_t data_begin = (cursor.position() + alignment - 1) / alignment * alignment;
  place(placed, data_begin < file.size() ? file.subspan(data_begin) : file.subspan(file.size()), alignment);
  for (Placed& one : placed) header.tensors.push_back(std::move(one.tensor));
  return header;
}

}  // namespace

Result<GgufHeader> parse_gguf(std::span<const std::byte> file, std::string_view file_name) {
  try {
    return parse(file);
  } catch (const HeaderProblem& problem) {
    const char* hint = problem.kind == ErrorKind::corrupt ? "The file is damaged; fetch it again." : "";
    return refuse(problem.kind, problem.what(), hint, std::string(file_name));
  }
}

}  // namespace preceptor::engine
