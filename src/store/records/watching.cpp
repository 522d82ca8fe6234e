#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

// Each count runs along an index that holds nothing else.
constexpr Statement count_under_way{"work_under_way",
                                    "SELECT (SELECT count(*) FROM slot WHERE state = 1), "
                                    "(SELECT count(*) FROM job WHERE state < 2 AND state = 0), "
                                    "(SELECT count(*) FROM job WHERE state < 2 AND state = 1), "
                                    "(SELECT count(*) FROM event WHERE position IS NULL)"};

}  // namespace

loop::WorkUnderWay SqlRecords::work_under_way() {
  return connection_
      .first(count_under_way, {},
             [](const Row& row) {
               return loop::WorkUnderWay{.leases = row.integer(0),
                                         .jobs_waiting = row.integer(1),
                                         .jobs_running = row.integer(2),
                                         .events_unsealed = row.integer(3)};
             })
      .value_or(loop::WorkUnderWay{});
}

}  // namespace preceptor::store
