#include "engine/formats/config_rope.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "engine/formats/config_family.hpp"

namespace preceptor::engine {
namespace {

using nlohmann::json;

constexpr float theta_default = 10000.0F;
constexpr float gemma_theta_default = 1'000'000.0F;

struct Rope {
  float theta = theta_default;
  RopeScaling scaling;
};

void pass_on(JsonFields& fields, const JsonFields& nested, const char* key) {
  if (!nested.problem()) return;
  fields.refuse_field(nested.problem()->kind, std::string("in '") + key + "': " + nested.problem()->message);
}

RopeScaling::Kind kind_of(JsonFields& nested) {
  const std::string kind = nested.text_or("rope_type", nested.text_or("type", "default"));
  if (kind == "default") return RopeScaling::none;
  if (kind == "linear") return RopeScaling::linear;
  if (kind == "dynamic") return RopeScaling::dynamic;
  if (kind == "llama3") return RopeScaling::llama3;
  nested.refuse_field(ErrorKind::unsupported, "the rope type '" + kind + "'",
                      "The types default, linear, dynamic and llama3 can be read.");
  return RopeScaling::none;
}

float required_number(JsonFields& nested, const char* key) {
  if (nested.find(key) == nullptr) {
    nested.refuse_field(ErrorKind::invalid, std::string("'") + key + "' is missing");
  }
  return nested.number_or(key, 1.0F);
}

// Fields of one rope_scaling or rope_parameters object.
void read_object(JsonFields& fields, const char* key, const json& object, std::int32_t context, Rope& rope) {
  JsonFields nested(object, "");
  rope.theta = nested.number_or("rope_theta", rope.theta);
  if (nested.number_or("partial_rotary_factor", 1.0F) != 1.0F) {
    nested.refuse_field(ErrorKind::unsupported, "'partial_rotary_factor' is not 1");
  }
  rope.scaling = {.kind = kind_of(nested)};
  if (rope.scaling.kind != RopeScaling::none) rope.scaling.factor = required_number(nested, "factor");
  if (rope.scaling.kind == RopeScaling::llama3) {
    rope.scaling.low_frequency_factor = required_number(nested, "low_freq_factor");
    rope.scaling.high_frequency_factor = required_number(nested, "high_freq_factor");
    rope.scaling.original_context_length = nested.whole_or("original_max_position_embeddings", context);
  }
  pass_on(fields, nested, key);
}

void refuse_partial_rotary(JsonFields& fields) {
  if (fields.number_or("partial_rotary_factor", 1.0F) != 1.0F) {
    fields.refuse_field(ErrorKind::unsupported, "'partial_rotary_factor' is not 1");
  }
}

json scaling_to_json(const RopeScaling& scaling) {
  switch (scaling.kind) {
    case RopeScaling::none: return {{"rope_type", "default"}};
    case RopeScaling::linear: return {{"rope_type", "linear"}, {"factor", shortest(scaling.factor)}};
    case RopeScaling::dynamic: return {{"rope_type", "dynamic"}, {"factor", shortest(scaling.factor)}};
    case RopeScaling::llama3: break;
  }
  return {{"rope_type", "llama3"},
          {"factor", shortest(scaling.factor)},
          {"low_freq_factor", shortest(scaling.low_frequency_factor)},
          {"high_freq_factor", shortest(scaling.high_frequency_factor)},
          {"original_max_position_embeddings", scaling.original_context_length}};
}

json parameters_to_json(float theta, const RopeScaling& scaling) {
  json object = scaling_to_json(scaling);
  object["rope_theta"] = shortest(theta);
  return object;
}

}  // namespace

void read_rope(JsonFields& fields, ModelConfig& config) {
  refuse_partial_rotary(fields);
  Rope rope{.theta = fields.number_or("rope_theta", theta_default), .scaling = {}};
  for (const char* key : {"rope_parameters", "rope_scaling"}) {
    if (const json* object = fields.find(key)) {
      read_object(fields, key, *object, config.context_length_max, rope);
    }
  }
  config.rope_theta = rope.theta;
  config.rope_scaling = rope.scaling;
}

void read_rope_by_layer(JsonFields& fields, ModelConfig& config) {
  refuse_partial_rotary(fields);
  Rope full{.theta = fields.number_or("rope_theta", gemma_theta_default), .scaling = {}};
  Rope sliding{.theta = fields.number_or("rope_local_base_freq", theta_default), .scaling = {}};
  if (const json* object = fields.find("rope_parameters")) {
    JsonFields nested(*object, "");
    if (nested.find("full_attention") == nullptr && nested.find("sliding_attention") == nullptr) {
      nested.refuse_field(ErrorKind::invalid, "neither 'full_attention' nor 'sliding_attention'");
    }
    if (const json* part = nested.find("full_attention")) {
      read_object(fields, "rope_parameters", *part, config.context_length_max, full);
    }
    if (const json* part = nested.find("sliding_attention")) {
      read_object(fields, "rope_parameters", *part, config.context_length_max, sliding);
    }
    pass_on(fields, nested, "rope_parameters");
  }
  if (const json* object = fields.find("rope_scaling")) {
    read_object(fields, "rope_scaling", *object, config.context_length_max, full);
  }
  if (sliding.scaling.kind != RopeScaling::none) {
    fields.refuse_field(ErrorKind::unsupported, "'rope_parameters' scales sliding layers");
  }
  config.rope_theta = full.theta;
  config.rope_scaling = full.scaling;
  config.rope_theta_sliding = config.layer_attention.empty() ? 0.0F : sliding.theta;
}

void write_rope(json& object, const ModelConfig& config) {
  object["rope_theta"] = shortest(config.rope_theta);
  object["rope_parameters"] = parameters_to_json(config.rope_theta, config.rope_scaling);
  if (config.rope_scaling.kind != RopeScaling::none) {
    object["rope_scaling"] = scaling_to_json(config.rope_scaling);
  }
}

void write_rope_by_layer(json& object, const ModelConfig& config) {
  const float sliding = config.rope_theta_sliding > 0 ? config.rope_theta_sliding : theta_default;
  object["rope_theta"] = shortest(config.rope_theta);
  object["rope_local_base_freq"] = shortest(sliding);
  object["rope_parameters"] = {{"full_attention", parameters_to_json(config.rope_theta, config.rope_scaling)},
                               {"sliding_attention", parameters_to_json(sliding, RopeScaling{})}};
  if (config.rope_scaling.kind != RopeScaling::none) {
    object["rope_scaling"] = scaling_to_json(config.rope_scaling);
  }
}

}  // namespace preceptor::engine
