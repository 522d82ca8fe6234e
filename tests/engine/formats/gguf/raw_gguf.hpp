#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "engine/formats/gguf/gguf_value.hpp"

namespace preceptor::engine {

// The bytes of a GGUF file with whatever a test wants to say in it.
class RawGguf {
public:
  std::uint32_t version = 3;
  std::string magic = "GGUF";
  std::size_t alignment = 32;
  std::int64_t tensor_count_claimed = -1;  // below zero: honest
  std::int64_t key_count_claimed = -1;

  static std::string text(std::string_view value) {
    return number<std::uint64_t>(value.size()) + std::string(value);
  }
  template <class T>
  static std::string number(T value) {
    std::string bytes(sizeof value, '\0');
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
  }

  RawGguf& key(std::string_view name, GgufType type, const std::string& bytes) {
    keys_ += text(name) + number(static_cast<std::uint32_t>(type)) + bytes;
    ++key_count_;
    return *this;
  }
  RawGguf& whole(std::string_view name, std::uint32_t value) {
    return key(name, GgufType::uint32, number(value));
  }
  RawGguf& real(std::string_view name, float value) { return key(name, GgufType::float32, number(value)); }
  RawGguf& string(std::string_view name, std::string_view value) {
    return key(name, GgufType::string, text(value));
  }
  RawGguf& flag(std::string_view name, bool value) {
    return key(name, GgufType::boolean, number(static_cast<std::uint8_t>(value)));
  }
  RawGguf& strings(std::string_view name, const std::vector<std::string>& values) {
    std::string bytes = number(std::uint32_t{8}) + number<std::uint64_t>(values.size());
    for (const std::string& value : values) bytes += text(value);
    return key(name, GgufType::array, bytes);
  }
  template <class T>
  RawGguf& numbers(std::string_view name, GgufType type, const std::vector<T>& values) {
    std::string bytes = number(static_cast<std::uint32_t>(type)) + number<std::uint64_t>(values.size());
    for (const T value : values) bytes += number(value);
    return key(name, GgufType::array, bytes);
  }

  // dimensions: the fastest first, as in the file. Without an offset: after the tensor before.
  RawGguf& tensor(std::string_view name, const std::vector<std::uint64_t>& dimensions, std::uint32_t type,
                  const std::string& bytes, std::int64_t offset = -1) {
    tensors_ += text(name) + number(static_cast<std::uint32_t>(dimensions.size()));
    for (const std::uint64_t size : dimensions) tensors_ += number(size);
    tensors_ +=
        number(type) + number(offset < 0 ? std::uint64_t{data_.size()} : static_cast<std::uint64_t>(offset));
    data_ += bytes;
    data_.resize((data_.size() + alignment - 1) / alignment * alignment);
    ++tensor_count_;
    return *this;
  }

  std::string bytes() const {
    std::string file = magic + number(version) +
                       number(tensor_count_claimed < 0 ? tensor_count_ : tensor_count_claimed) +
                       number(key_count_claimed < 0 ? key_count_ : key_count_claimed) + keys_ + tensors_;
    file.resize((file.size() + alignment - 1) / alignment * alignment);
    return file + data_;
  }

private:
  std::string keys_, tensors_, data_;
  std::int64_t key_count_ = 0, tensor_count_ = 0;
};

}  // namespace preceptor::engine
