#include "engine/model/trainee.hpp"

#include <nlohmann/json.hpp>

#include "engine/formats/config_json.hpp"

namespace preceptor::engine {

ParameterArena& Trainee::learned() const {
  if (whole_) return *whole_;
  return *adapter_;
}

Network Trainee::network(const NetworkOptions& options) const {
  return whole_ ? Network(*whole_, options) : Network(*base_, *adapter_, options);
}

std::string Trainee::identity() const {
  nlohmann::json identity = config_to_json(config(), StoredType::f32);
  if (adapter_ == nullptr) return identity.dump();
  identity["lora"] = {{"rank", adapter_->options().rank},
                      {"scale", adapter_->scale()},
                      {"base_type", static_cast<int>(base_->type())}};
  for (const ParameterInfo& info : adapter_->list()) identity["lora"]["tensors"].push_back(info.name);
  return identity.dump();
}

}  // namespace preceptor::engine
