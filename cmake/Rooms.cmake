# A room is a folder of src/ and a static library smtpscope_<room>.

# Where a build step puts generated sources, as <room>/<file>; every room may include from there.
set(SMTPSCOPE_GENERATED_DIR ${PROJECT_BINARY_DIR}/generated)

# smtpscope_room(NAME [DEPENDS room...] [LIBRARIES target...] [SOURCES generated...]
#                [DEFINITIONS name=value...])
# All *.c of the folder but main.c. DEPENDS: rooms it may include, as tools/check-layers.sh has them.
# LIBRARIES: outside libraries, hidden from the rooms above. A room without code is an INTERFACE
# library, so that a tree half written still configures.
function(smtpscope_room name)
    cmake_parse_arguments(PARSE_ARGV 1 room "" "" "DEPENDS;LIBRARIES;SOURCES;DEFINITIONS")
    if(room_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "smtpscope_room(${name}): what is ${room_UNPARSED_ARGUMENTS}?")
    endif()

    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
    list(FILTER sources EXCLUDE REGEX "/main\\.c$")
    list(APPEND sources ${room_SOURCES})
    list(TRANSFORM room_DEPENDS PREPEND smtpscope_)

    if(NOT sources)
        add_library(smtpscope_${name} INTERFACE)
        target_include_directories(smtpscope_${name} INTERFACE ${PROJECT_SOURCE_DIR}/src)
        target_link_libraries(smtpscope_${name} INTERFACE ${room_DEPENDS})
        return()
    endif()

    add_library(smtpscope_${name} STATIC ${sources})
    target_include_directories(smtpscope_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src
        PRIVATE ${SMTPSCOPE_GENERATED_DIR})
    target_compile_definitions(smtpscope_${name} PRIVATE ${room_DEFINITIONS})
    target_link_libraries(smtpscope_${name} PUBLIC ${room_DEPENDS}
        PRIVATE smtpscope_flags ${room_LIBRARIES})
endfunction()
