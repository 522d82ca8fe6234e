// Columns that hold small lists, as JSON text.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "store/names.hpp"

namespace preceptor::store {

std::string words_text(std::span<const std::string>);
std::vector<std::string> words_from(const std::string&);

std::string numbers_text(std::span<const std::int64_t>);
std::vector<std::int64_t> numbers_from(const std::string&);

template <class IdType>
std::string ids_text(const std::vector<IdType>& ids) {
  std::vector<std::int64_t> numbers;
  for (IdType id : ids) numbers.push_back(id.value);
  return numbers_text(numbers);
}
template <class IdType>
std::vector<IdType> ids_from(const std::string& text) {
  std::vector<IdType> ids;
  for (std::int64_t number : numbers_from(text)) ids.push_back(IdType{number});
  return ids;
}

std::string messages_text(std::span<const Message>);
std::vector<Message> messages_from(const std::string&);
std::string dimensions_text(std::span<const RubricDimension>);
std::vector<RubricDimension> dimensions_from(const std::string&);
std::string criteria_text(std::span<const feedback::RubricCriterion>);
std::vector<feedback::RubricCriterion> criteria_from(const std::string&);
std::string kinds_text(std::span<const TaskKind>);  // by name
std::vector<TaskKind> kinds_from(const std::string&);
// What of a project's overlaps and policy has no column of its own.
std::string policy_text(const feedback::Overlap&, const feedback::WorkPolicy&);
void read_policy(const std::string&, feedback::Overlap&, feedback::WorkPolicy&);
std::string files_text(std::span<const SnapshotFile>);
std::vector<SnapshotFile> files_from(const std::string&);
std::string columns_text(std::span<const EvaluationColumn>);
std::vector<EvaluationColumn> columns_from(const std::string&);

}  // namespace preceptor::store
