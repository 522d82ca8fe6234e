#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/formats/gguf/block_type.hpp"
#include "engine/formats/gguf/gguf_file.hpp"
#include "engine/formats/weights.hpp"
#include "engine/parameters.hpp"

namespace preceptor::engine {

// One tensor in its file, with what stands between its bytes and the model's values.
struct StoredMatrix {
  BlockType type = BlockType::f32;
  std::span<const std::byte> bytes;  // inside the mapped file
  std::size_t rows = 0;              // of the model's tensor; a vector is one row
  std::size_t columns = 0;
  std::int32_t reordered_heads = 0;  // the file has these heads' rows in GGUF's order; 0: as they are
  std::int32_t head_dim = 0;
  bool transposed = false;  // the file holds (columns, rows)
  bool raised = false;      // the file holds 1 + value

  // The bytes of one row; not of a transposed tensor.
  std::span<const std::byte> row(std::size_t index) const;
  // out: (count, columns), rows first, first + 1, …
  void read(std::span<float> out, std::size_t first, std::size_t count) const;
};

// The weights of a model as they stand in mapped files that have been checked. Nothing is unpacked before it
// is asked for. Const use is thread-safe.
class StoredWeights {
public:
  StoredWeights(const ModelConfig& config, WeightFiles files);  // of open_weights()
  StoredWeights(const ModelConfig& config,
                std::shared_ptr<const GgufFile> file);  // check_gguf_weights() passed

  const ModelConfig& config() const { return config_; }
  std::span<const ParameterInfo> list() const { return list_; }
  const StoredMatrix& matrix(std::size_t index) const { return matrices_[index]; }  // of list()
  std::size_t bytes() const;                                                        // of all tensors
  std::size_t count() const;                                                        // parameters

  // Gives the pages back that reading brought into this process's memory. What is read later comes from the
  // file again.
  void forget_pages() const;

private:
  ModelConfig config_;
  std::vector<ParameterInfo> list_;
  std::vector<StoredMatrix> matrices_;
  std::shared_ptr<const void> file_;  // keeps the mapping; shared with whoever reads the rest of a GGUF file
};

}  // namespace preceptor::engine
