# Kernels are fast in every build: their small loops must be unrolled for the sums to stay in registers, and the tests
# run them most of the time.
file(GLOB kernels CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/engine/kernels/*.cpp")
set_source_files_properties(${kernels} PROPERTIES COMPILE_OPTIONS -O3)
# Their sums are arrays that live in registers; a loop that clears one must not become a call that clears memory.
set_source_files_properties(
  "${CMAKE_SOURCE_DIR}/src/engine/kernels/block_panel_vnni.cpp" "${CMAKE_SOURCE_DIR}/src/engine/kernels/int8_panel.cpp"
  "${CMAKE_SOURCE_DIR}/src/engine/kernels/row_linear_bf16.cpp" "${CMAKE_SOURCE_DIR}/src/engine/kernels/weight_gradient_bf16.cpp"
  PROPERTIES COMPILE_OPTIONS "-O3;$<$<CXX_COMPILER_ID:GNU>:-fno-tree-loop-distribute-patterns>")
