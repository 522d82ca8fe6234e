set_source_files_properties("${CMAKE_CURRENT_LIST_DIR}/version.cpp" PROPERTIES COMPILE_DEFINITIONS
                            PRECEPTOR_VERSION="${PROJECT_VERSION}")
