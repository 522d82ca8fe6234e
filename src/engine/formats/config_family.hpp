#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "engine/config.hpp"
#include "engine/formats/json_fields.hpp"

namespace preceptor::engine {

// How one family of models stands in config.json: which fields say what its graph is.
struct ConfigFamily {
  std::string_view model_type;
  std::string_view causal;      // architecture of the language model
  std::string_view classifier;  // and of the sequence classifier

  // Fills the shape and the graph; refuses, by name, fields that ask for what the engine does not compute.
  void (*read)(JsonFields& fields, const nlohmann::json& object, ModelConfig& config);
  // Adds the family's fields.
  void (*write)(nlohmann::json& object, const ModelConfig& config);
};

// nullptr for an unknown one.
const ConfigFamily* family_of_model_type(std::string_view model_type);
const ConfigFamily* family_of_architecture(std::string_view architecture);

// 1e-5F as a double prints as 9.99999974e-06; other readers should see the number that was meant.
double shortest(float value);

}  // namespace preceptor::engine
