// A stranger's safetensors file. With a first byte of '{' the input is "header, zero byte, data" and gets its
// length put in front, so that most inputs get past it.
#include <cstring>

#include "driver/input.hpp"
#include "engine/formats/safetensors.hpp"

using namespace preceptor;
using namespace std::string_view_literals;

namespace {

std::string file_of(std::string_view input) {
  if (!input.starts_with('{')) return std::string(input);
  const std::string_view header = fuzz::take_until(input, "\0"sv);
  std::string file(8, '\0');
  const std::uint64_t length = header.size();
  std::memcpy(file.data(), &length, sizeof length);
  return (file += header) += input;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string content = file_of(fuzz::as_text(data, size));
  const fuzz::MemoryFile file(content);
  const auto opened = engine::SafetensorsFile::open(file.path());
  if (!opened) return 0;
  std::size_t bytes = 0;
  for (const engine::StoredTensor& tensor : opened->tensors()) {
    bytes += tensor.bytes.size();
    fuzz::require(opened->find(tensor.name) == &tensor, "a tensor is found by its name");
    (void)opened->check(tensor, tensor.shape);
    if (!opened->check(tensor, tensor.shape)) continue;
    std::vector<float> values(tensor.count);
    engine::to_floats(values, tensor.bytes, tensor.type);
  }
  fuzz::require(bytes < content.size(), "the tensors fit into the file");
  return 0;
}
