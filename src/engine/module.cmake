# Kernels are fast in every build: their small loops must be unrolled for the sums to stay in registers, and the tests
# run them most of the time.
file(GLOB kernels CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/engine/kernels/*.cpp")
set_source_files_properties(${kernels} PROPERTIES COMPILE_OPTIONS -O3)
