# The Rust library behind the tokenizers and chat templates. One cargo folder serves all presets, so that its crates
# are compiled once; the command runs again only when a source of the crate changes.
find_program(CARGO_PROGRAM cargo HINTS "$ENV{HOME}/.cargo/bin")
if(NOT CARGO_PROGRAM)
  message(FATAL_ERROR "cargo is missing: run scripts/setup, or install Debian's cargo-web and rustc-web.")
endif()
set(rust_folder "${CMAKE_CURRENT_LIST_DIR}/rust")
set(rust_cache "${CMAKE_SOURCE_DIR}/.cache/cargo")
set(rust_flags "")
if(PRECEPTOR_FUZZER)
  # libFuzzer sees which branches of the Rust code an input takes; a cargo folder of its own, since all crates are
  # compiled with it.
  set(rust_cache "${CMAKE_BINARY_DIR}/cargo")
  set(rust_flags "RUSTFLAGS=-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=3 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1")
endif()
set(rust_library "${CMAKE_BINARY_DIR}/rust/libtext_rust.a")
file(GLOB rust_sources CONFIGURE_DEPENDS "${rust_folder}/src/*.rs")
add_custom_command(
  OUTPUT "${rust_library}"
  COMMAND ${CMAKE_COMMAND} -E env "CARGO_TARGET_DIR=${rust_cache}" ${rust_flags} ${CARGO_PROGRAM} build --release --locked --quiet
          --manifest-path "${rust_folder}/Cargo.toml"
  COMMAND ${CMAKE_COMMAND} -E copy "${rust_cache}/release/libtext_rust.a" "${rust_library}"
  DEPENDS ${rust_sources} "${rust_folder}/Cargo.toml" "${rust_folder}/Cargo.lock"
  COMMENT "Compiling the text library with cargo"
  VERBATIM)
add_custom_target(text_rust_build DEPENDS "${rust_library}")
add_library(text_rust STATIC IMPORTED GLOBAL)
set_target_properties(text_rust PROPERTIES IMPORTED_LOCATION "${rust_library}")
add_dependencies(text_rust text_rust_build)
target_link_libraries(preceptor_text PRIVATE text_rust ${CMAKE_DL_LIBS} m)
