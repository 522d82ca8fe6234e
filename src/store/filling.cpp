#include "store/filling.hpp"

#include "store/sql_records.hpp"

namespace preceptor::store {

std::int64_t fill_judgments(Database& database, const Filling& filling) {
  return loop::write(database, [&](loop::Records& records) -> std::int64_t {
    // Every Records of a Database is one of these.
    return static_cast<SqlRecords&>(records).fill_judgments(filling);
  });
}

}  // namespace preceptor::store
