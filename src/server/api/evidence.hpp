#pragma once
// Code and calculations that people try while they judge.
#include <optional>
#include <string>
#include <vector>

#include "server/api/ids.hpp"
#include "server/wire/describe.hpp"

namespace preceptor::server::api {

struct CodeToRun {
  std::string language, code;
  static void describe(wire::Description<CodeToRun>&);
};

struct Expression {
  std::string expression;
  static void describe(wire::Description<Expression>&);
};

struct Evidence {
  EvidenceId id;
  std::string kind, source, outcome;
  std::int64_t exit_status = 0;
  std::string output, errors;
  bool cut = false;
  std::int64_t milliseconds = 0;
  Timestamp created_at;
  static void describe(wire::Description<Evidence>&);
};

struct EvidenceList {
  std::vector<Evidence> evidence;
  static void describe(wire::Description<EvidenceList>&);
};

struct CalculationStep {
  std::string text, value;
  bool rounded = false;
  static void describe(wire::Description<CalculationStep>&);
};

struct Calculation {
  EvidenceId evidence_id;
  std::string value;
  bool rounded = false;
  std::vector<CalculationStep> steps;
  static void describe(wire::Description<Calculation>&);
};

struct SandboxState {
  bool works = false;
  std::string reason;
  std::vector<std::string> languages;
  static void describe(wire::Description<SandboxState>&);
};

}  // namespace preceptor::server::api
