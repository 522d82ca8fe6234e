#pragma once

#include <string_view>

#include "engine/config.hpp"
#include "engine/formats/gguf/gguf_fields.hpp"
#include "engine/formats/gguf/gguf_file.hpp"
#include "engine/formats/gguf/gguf_writer.hpp"

namespace preceptor::engine {

// How one family of models stands in GGUF, whose readers know more than the file says: what the
// architecture's name implies is data here.
struct GgufFamily {
  std::string_view name;          // general.architecture
  std::string_view architecture;  // what a file of it is read as
  bool reorders_rows = false;     // of queries and keys, see rows_from_gguf()
  bool adds_one = false;          // gains of norms stand there as 1 + gain

  // Fills what distinguishes the family; the shape has been read.
  void (*read)(GgufFields& fields, const GgufFile& file, ModelConfig& config);
  // Refuses (unsupported) a graph that readers would not build, and adds the family's own keys.
  Result<void> (*write)(GgufKeys& keys, const ModelConfig& config);
};

const GgufFamily* gguf_family_called(std::string_view name);  // nullptr for an unknown one
const GgufFamily* gguf_family_of(const ModelConfig& config);  // nullptr when GGUF has no place for it

}  // namespace preceptor::engine
