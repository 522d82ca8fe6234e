#include "text/border.hpp"

namespace preceptor::text::border {

Error error_of(pt_status status, const Bytes& message, std::string where) {
  auto kind = ErrorKind::internal;
  switch (status) {
    case PT_INVALID: kind = ErrorKind::invalid; break;
    case PT_CORRUPT: kind = ErrorKind::corrupt; break;
    case PT_TOO_LARGE: kind = ErrorKind::too_large; break;
    case PT_UNSUPPORTED: kind = ErrorKind::unsupported; break;
    case PT_OK:
    case PT_INTERNAL: break;
  }
  return {kind, message.string(), {}, std::move(where)};
}

}  // namespace preceptor::text::border
