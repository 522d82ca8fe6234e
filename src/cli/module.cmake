# The demo's base model becomes part of the program: an assembler file takes the bytes in, a table names them.
enable_language(ASM)
file(GLOB shipped_base CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/demo/base/*")
set(shipped_assembly ".section .rodata\n")
set(shipped_externals "")
set(shipped_table "")
set(shipped_number 0)
foreach(shipped_file IN LISTS shipped_base)
  get_filename_component(shipped_name "${shipped_file}" NAME)
  string(APPEND shipped_assembly
    ".balign 64\n.global shipped_base_${shipped_number}\nshipped_base_${shipped_number}:\n.incbin \"${shipped_file}\"\n"
    ".global shipped_base_${shipped_number}_end\nshipped_base_${shipped_number}_end:\n.byte 0\n")
  string(APPEND shipped_externals
    "extern const char shipped_base_${shipped_number}[];\nextern const char shipped_base_${shipped_number}_end[];\n")
  string(APPEND shipped_table
    "      {\"${shipped_name}\", {shipped_base_${shipped_number}, static_cast<std::size_t>(shipped_base_${shipped_number}_end - shipped_base_${shipped_number})}},\n")
  math(EXPR shipped_number "${shipped_number} + 1")
endforeach()
string(APPEND shipped_assembly ".section .note.GNU-stack,\"\",@progbits\n")
file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/shipped_base.S" CONTENT "${shipped_assembly}")
file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/shipped_base_files.cpp" CONTENT "#include \"cli/shipped_base_files.hpp\"

#include <cstddef>
#include <vector>

extern \"C\" {
${shipped_externals}}

namespace preceptor::cli {

std::span<const ShippedFile> shipped_base_files() {
  static const std::vector<ShippedFile> files = {
${shipped_table}  };
  return files;
}

}  // namespace preceptor::cli
")
target_sources(preceptor_cli PRIVATE "${CMAKE_BINARY_DIR}/shipped_base.S" "${CMAKE_BINARY_DIR}/shipped_base_files.cpp")
set_source_files_properties("${CMAKE_BINARY_DIR}/shipped_base.S" PROPERTIES OBJECT_DEPENDS "${shipped_base}")
