#pragma once

#include <memory>
#include <span>

#include "engine/generation/logit_rules.hpp"

namespace preceptor::engine {

// What one text may still become.
class ConstraintState {
public:
  virtual ~ConstraintState() = default;
  // The tokens that may come next: never none. The stop ids are among them when the text may end here. Valid
  // until the next call of either.
  virtual AllowedTokens allowed() = 0;
  virtual void accept(TokenId id) = 0;  // one of those allowed
  virtual bool finished() const = 0;    // nothing can follow any more: the text is at its end
};

// What texts must look like. Thread-safe.
class Constraint {
public:
  virtual ~Constraint() = default;
  // Borrows the constraint.
  virtual std::unique_ptr<ConstraintState> begin(std::span<const TokenId> stop_ids) const = 0;
};

}  // namespace preceptor::engine
