# The web app becomes part of the program: every file of web/dist, as it is and compressed. Without web/dist the program
# builds as well, and serves a page that says how to build the app. A changed file starts the configuration again.
set(web_folder "${CMAKE_SOURCE_DIR}/web/dist")
set(web_generated "${CMAKE_BINARY_DIR}/generated/server")
file(GLOB_RECURSE web_files CONFIGURE_DEPENDS "${web_folder}/*")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${web_files})
include("${CMAKE_CURRENT_LIST_DIR}/web/embed.cmake")
embed_folder("${web_folder}" "${web_generated}")
target_sources(preceptor_server PRIVATE "${web_generated}/embedded_assets.cpp")

# Asio and Beast are compiled once, in http/boost.cpp.
target_compile_definitions(preceptor_server PRIVATE BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
                                                    BOOST_ASIO_NO_DEPRECATED)
