# The migrations become part of the program: no file is needed beside it at run time.
file(GLOB migrations CONFIGURE_DEPENDS "${CMAKE_CURRENT_LIST_DIR}/migrations/*.sql")
list(SORT migrations)
set(rows "")
foreach(migration IN LISTS migrations)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${migration}")
  cmake_path(GET migration STEM stem)
  string(REGEX MATCH "^[0-9]+" number "${stem}")
  math(EXPR version "${number}")  # drops the leading zeros, which C++ would read as octal
  file(READ "${migration}" text)
  string(APPEND rows "    {${version}, \"${stem}\", R\"sql(${text})sql\"},\n")
endforeach()
file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/generated/store/migration_texts.cpp" CONTENT
[[#include "store/migrations.hpp"

namespace preceptor::store {

std::span<const Migration> migrations() {
  static const Migration list[] = {
@rows@  };
  return list;
}

}  // namespace preceptor::store
]] @ONLY)
target_sources(preceptor_store PRIVATE "${CMAKE_BINARY_DIR}/generated/store/migration_texts.cpp")
