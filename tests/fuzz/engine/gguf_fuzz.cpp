// A stranger's GGUF file: its header, every block it holds, and the model it makes.
#include "driver/input.hpp"
#include "engine/formats/gguf/block_unpack.hpp"
#include "engine/formats/gguf/gguf_config.hpp"
#include "engine/formats/gguf/gguf_file.hpp"
#include "engine/formats/gguf/gguf_model.hpp"

using namespace preceptor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::MemoryFile content(fuzz::as_text(data, size));
  const auto file = engine::GgufFile::open(content.path());
  if (!file) return 0;
  std::size_t bytes = 0;
  for (const engine::GgufTensor& tensor : file->tensors()) {
    bytes += tensor.bytes.size();
    fuzz::require(file->tensor(tensor.name) == &tensor, "a tensor is found by its name");
    if (!tensor.layout.readable) continue;
    std::vector<float> values(tensor.count);
    engine::unpack_blocks(values, tensor.bytes, static_cast<engine::BlockType>(tensor.type));
  }
  fuzz::require(bytes < size, "the tensors fit into the file");
  if (const auto config = engine::config_from_gguf(*file)) {
    fuzz::require(engine::check(*config).has_value(), "a config that was read is sound");
  }
  const auto model = engine::load_gguf_model(content.path());
  if (model) {
    fuzz::require(model->tokenizer.vocabulary_size() <= model->parameters.config().vocabulary_size,
                  "the tokenizer's ids fit the model");
  }
  return 0;
}
