#pragma once

// What the five registers hold and how people talk about it: the wording of every attribute.

#include <vector>

#include "demo/world.hpp"

namespace preceptor::demo {

std::vector<Attribute> medical_attributes();
std::vector<Attribute> legal_attributes();
std::vector<Attribute> technical_attributes();
std::vector<Attribute> financial_attributes();
std::vector<Attribute> creative_attributes();

}  // namespace preceptor::demo
