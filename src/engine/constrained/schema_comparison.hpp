#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/constrained/schema_refusal.hpp"

namespace preceptor::engine {

// Whether a value is of a type of JSON Schema; 2.0 and 1e300 are integers.
bool is_of_type(const SchemaJson& value, std::string_view type);

// Tells whether two schemas exclude each other: by their types, by the values they list, or by those of a
// property that both require. Counts what it compares over its whole life. Borrows the root.
class SchemaComparison {
public:
  explicit SchemaComparison(const SchemaJson& root) : root_(root) {}

  // Refuses the branches of a oneOf, with unsupported when a value might fulfil two of them, with too_large
  // when telling that takes more than schema_comparisons_max comparisons.
  void check_apart(const SchemaJson& branches, const std::string& where);

  std::size_t comparisons() const { return comparisons_; }

private:
  using Values = std::vector<const SchemaJson*>;
  // What a schema says of its values at once.
  struct Outline {
    std::uint32_t kinds = 0;                      // a bit for each type that is allowed; 0: not known
    Values values;                                // all that are allowed; empty: not known
    std::map<std::string_view, Values> required;  // properties that must be there, with values listed
  };

  const Outline& outline_of(const SchemaJson& schema);
  const SchemaJson& resolved(const SchemaJson& schema);
  const SchemaJson* target_of(const SchemaJson& schema);
  bool apart(const Outline& one, const Outline& other, const std::string& where);
  bool share_none(const Values& one, const Values& other, const std::string& where);
  void charge(std::size_t comparisons, const std::string& where);

  const SchemaJson& root_;
  std::map<const SchemaJson*, Outline> outlines_;
  std::map<const SchemaJson*, const SchemaJson*> targets_;  // by the schema that refers
  std::size_t comparisons_ = 0;
};

}  // namespace preceptor::engine
