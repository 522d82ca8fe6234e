# embed_folder(FOLDER OUT) writes OUT/embedded_assets.cpp, which takes every file of FOLDER in with .incbin, and beside it
# a gzipped variant where that is smaller. The hash of each file stands in the text, so that a changed file changes the
# text and is compiled anew.
find_program(GZIP_PROGRAM gzip REQUIRED)

# Adds the bytes of a file under a symbol to `blocks` and `declarations` of the caller.
function(embed_bytes symbol file)
  string(APPEND blocks "asm(\".section .rodata\\n.balign 16\\n${symbol}_begin:\\n.incbin \\\"${file}\\\"\\n"
         "${symbol}_end: .byte 0\\n.previous\\n\");\n")
  string(APPEND declarations "extern const char ${symbol}_begin[] asm(\"${symbol}_begin\");\n"
         "extern const char ${symbol}_end[] asm(\"${symbol}_end\");\n")
  set(blocks "${blocks}" PARENT_SCOPE)
  set(declarations "${declarations}" PARENT_SCOPE)
endfunction()

function(embed_folder folder out)
  file(MAKE_DIRECTORY "${out}")
  file(GLOB_RECURSE files LIST_DIRECTORIES false RELATIVE "${folder}" "${folder}/*")
  list(FILTER files EXCLUDE REGEX "\\.map$")
  list(SORT files)
  set(blocks "")
  set(declarations "")
  set(rows "")
  set(number 0)
  foreach(file IN LISTS files)
    math(EXPR number "${number} + 1")
    set(symbol "preceptor_asset_${number}")
    file(SHA256 "${folder}/${file}" hash)
    string(SUBSTRING "${hash}" 0 20 hash)
    embed_bytes(${symbol} "${folder}/${file}")
    set(compressed "${out}/${hash}.gz")
    if(NOT EXISTS "${compressed}")
      execute_process(COMMAND "${GZIP_PROGRAM}" -9 -n -c "${folder}/${file}" OUTPUT_FILE "${compressed}"
                      COMMAND_ERROR_IS_FATAL ANY)
    endif()
    file(SIZE "${folder}/${file}" bytes)
    file(SIZE "${compressed}" compressed_bytes)
    set(gzipped "{}")
    if(compressed_bytes LESS bytes)
      embed_bytes(${symbol}_gzip "${compressed}")
      set(gzipped "view(${symbol}_gzip_begin, ${symbol}_gzip_end)")
    endif()
    string(APPEND rows "      {\"/${file}\", \"\\\"${hash}\\\"\", view(${symbol}_begin, ${symbol}_end), ${gzipped}},\n")
  endforeach()

  string(CONCAT text "// Written by src/server/web/embed.cmake.\n#include \"server/web/assets.hpp\"\n\n${blocks}${declarations}\n"
      "namespace preceptor::server::web {\n\n")
  if(number EQUAL 0)
    string(APPEND text "std::span<const Asset> embedded_assets() { return {}; }\n")
  else()
    string(APPEND text "static std::string_view view(const char* begin, const char* end) {\n"
           "  return {begin, static_cast<std::size_t>(end - begin)};\n}\n\n"
           "std::span<const Asset> embedded_assets() {\n  static const Asset list[] = {\n${rows}  };\n  return list;\n}\n")
  endif()
  string(APPEND text "\n}  // namespace preceptor::server::web\n")
  file(CONFIGURE OUTPUT "${out}/embedded_assets.cpp" CONTENT "@text@" @ONLY)
endfunction()
