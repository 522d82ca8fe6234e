# preceptor_module(NAME [USES module…] [TESTS_USE module…] [LINKS target…] [PROGRAM name])
#
# Makes the library preceptor_NAME from src/NAME and, when tests/NAME exists, the executable test_NAME.
# USES names modules defined above; only their headers are visible, each through its own include root
# (<build>/roots/<module>/<module> -> src/<module>), so an undeclared include does not compile.
# TESTS_USE widens that for the tests alone. PROGRAM builds src/NAME/main.cpp into <build>/<name>; the module's
# tests find it as PRECEPTOR_PROGRAM.
# src/NAME/module.cmake, when there, is included once the target exists.

include("${CMAKE_CURRENT_LIST_DIR}/fuzz.cmake")

set_property(GLOBAL PROPERTY PRECEPTOR_MODULES "")

# One precompiled header for all tests: GoogleTest and JSON are most of what a small test compiles.
if(PRECEPTOR_TESTS)
  file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/test_headers.cpp" CONTENT "")
  add_library(preceptor_test_headers OBJECT "${CMAKE_BINARY_DIR}/test_headers.cpp")
  target_link_libraries(preceptor_test_headers PRIVATE GTest::gtest)
  target_compile_options(preceptor_test_headers PRIVATE -fpch-preprocess)
  set_target_properties(preceptor_test_headers PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_precompile_headers(preceptor_test_headers PRIVATE <gtest/gtest.h> <nlohmann/json.hpp> <string> <vector>)
  enable_testing()
endif()

# A folder that appears in includes as "<prefix>/…" and nothing else.
function(preceptor_include_root root prefix folder)
  file(MAKE_DIRECTORY "${root}")
  file(CREATE_LINK "${folder}" "${root}/${prefix}" SYMBOLIC)
endfunction()

function(preceptor_see target)
  foreach(used IN LISTS ARGN)
    target_include_directories(${target} PRIVATE "${CMAKE_BINARY_DIR}/roots/${used}")
    if(TARGET preceptor_${used})
      target_link_libraries(${target} PRIVATE preceptor_${used})
    endif()
  endforeach()
endfunction()

function(preceptor_tests module)
  set(folder "${CMAKE_SOURCE_DIR}/tests/${module}")
  file(GLOB_RECURSE tests CONFIGURE_DEPENDS "${folder}/*.cpp")
  if(NOT PRECEPTOR_TESTS OR NOT tests)
    return()
  endif()
  preceptor_include_root("${CMAKE_BINARY_DIR}/roots/tests_${module}" tests "${folder}")
  add_executable(test_${module} ${tests})
  target_include_directories(test_${module} PRIVATE "${CMAKE_BINARY_DIR}/roots/tests_${module}")
  preceptor_see(test_${module} ${module} ${ARGN})
  target_link_libraries(test_${module} PRIVATE GTest::gtest_main ${RAPIDCHECK_LIBRARY} Threads::Threads)
  target_compile_options(test_${module} PRIVATE -fpch-preprocess)
  # The same flags as the precompiled header; the compiler's default is position independent anyway.
  set_target_properties(test_${module} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_precompile_headers(test_${module} REUSE_FROM preceptor_test_headers)
  target_compile_definitions(test_${module} PRIVATE PRECEPTOR_TEST_FOLDER="${folder}")
  add_test(NAME test_${module} COMMAND test_${module})
endfunction()

# Each bench/MODULE/x_bench.cpp is a program of its own, built only when asked for: ninja x_bench.
function(preceptor_benches module)
  file(GLOB_RECURSE benches CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/bench/${module}/*_bench.cpp")
  foreach(source IN LISTS benches)
    cmake_path(GET source STEM bench)
    add_executable(${bench} EXCLUDE_FROM_ALL "${source}")
    preceptor_see(${bench} ${module} ${ARGN})
  endforeach()
endfunction()

function(preceptor_module name)
  cmake_parse_arguments(module "" "PROGRAM" "USES;TESTS_USE;LINKS" ${ARGN})
  get_property(defined GLOBAL PROPERTY PRECEPTOR_MODULES)
  foreach(used IN LISTS module_USES module_TESTS_USE)
    if(NOT used IN_LIST defined)
      message(FATAL_ERROR "Module '${name}' may not use '${used}': it is not defined above it in CMakeLists.txt.")
    endif()
  endforeach()
  set_property(GLOBAL APPEND PROPERTY PRECEPTOR_MODULES ${name})

  set(folder "${CMAKE_SOURCE_DIR}/src/${name}")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${folder}/*.cpp")
  list(REMOVE_ITEM sources "${folder}/main.cpp")
  if(NOT sources)
    message(STATUS "Module ${name}: no sources, left out")
    return()
  endif()
  preceptor_include_root("${CMAKE_BINARY_DIR}/roots/${name}" ${name} "${folder}")
  add_library(preceptor_${name} STATIC ${sources})
  target_include_directories(preceptor_${name} PRIVATE "${CMAKE_BINARY_DIR}/roots/${name}")
  preceptor_see(preceptor_${name} ${module_USES})
  target_link_libraries(preceptor_${name} PRIVATE ${module_LINKS} Threads::Threads)
  include("${folder}/module.cmake" OPTIONAL)

  if(module_PROGRAM AND EXISTS "${folder}/main.cpp")
    add_executable(${module_PROGRAM} "${folder}/main.cpp")
    preceptor_see(${module_PROGRAM} ${name} ${module_USES})
    target_link_libraries(${module_PROGRAM} PRIVATE ${module_LINKS} Threads::Threads)
  endif()
  preceptor_tests(${name} ${module_USES} ${module_TESTS_USE})
  if(TARGET test_${name} AND TARGET "${module_PROGRAM}")
    add_dependencies(test_${name} ${module_PROGRAM})
    target_compile_definitions(test_${name} PRIVATE PRECEPTOR_PROGRAM="$<TARGET_FILE:${module_PROGRAM}>")
  endif()
  preceptor_benches(${name} ${module_USES})
  preceptor_fuzz(${name} ${module_USES} ${module_TESTS_USE})
endfunction()
